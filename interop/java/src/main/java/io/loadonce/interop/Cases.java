package io.loadonce.interop;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.gson.Gson;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.ChannelCredentials;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.NameResolverRegistry;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.BatchGetResult;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.ResourceServiceGrpc;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceFutureStub;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Makes the calls of expected.txt and prints what came back. */
final class Cases {

  private static final GetRequest PARIS =
      GetRequest.newBuilder().setLookup("default").setId("2988507").build();

  private Cases() {}

  /**
   * @param arguments the addresses of an instance, of one to stop and of one with TLS and tokens;
   *     the process id of the one to stop; the files of the certificate, of the token and of the
   *     service config
   */
  public static void main(String[] arguments) throws Exception {
    String staying = arguments[0];
    ManagedChannel channel = open(staying, InsecureChannelCredentials.create());
    ResourceServiceFutureStub service = ResourceServiceGrpc.newFutureStub(channel);
    GetRequest.Builder other = GetRequest.newBuilder().setLookup("default");
    System.out.println("found: " + get(service, PARIS));
    System.out.println("missing: " + get(service, other.setId("1").build()));
    System.out.println("bad id: " + get(service, other.setId("Paris").build()));
    System.out.println("batch: " + batch(service));
    System.out.println("deadline: " + deadline(service));
    System.out.println("cancel: " + cancel(service));
    System.out.println("details: " + details(service));
    channel.shutdownNow();

    String secure = arguments[2];
    ChannelCredentials trusted =
        TlsChannelCredentials.newBuilder().trustManager(new File(arguments[4])).build();
    Metadata bearer = new Metadata();
    bearer.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
        "Bearer " + Files.readString(Path.of(arguments[5])).strip());
    String found = overTls(secure, trusted, bearer);
    System.out.println(
        "TLS: "
            + found
            + ", without trust "
            + overTls(secure, TlsChannelCredentials.create(), bearer));
    System.out.println(
        "token: " + found + ", without token " + overTls(secure, trusted, new Metadata()));
    System.out.println(
        "drain: " + drain(staying, arguments[1], Long.parseLong(arguments[3]), arguments[6]));
  }

  private static ManagedChannel open(String target, ChannelCredentials credentials) {
    return Grpc.newChannelBuilder(target, credentials).build();
  }

  private static GetRequest slow(int millis) {
    return GetRequest.newBuilder().setLookup("slow").setId(Integer.toString(millis)).build();
  }

  private static ListenableFuture<GetResponse> start(
      ResourceServiceFutureStub service, GetRequest request) {
    return service.withDeadlineAfter(30, TimeUnit.SECONDS).get(request);
  }

  private static String get(ResourceServiceFutureStub service, GetRequest request)
      throws Exception {
    return outcome(start(service, request));
  }

  private static String outcome(ListenableFuture<GetResponse> call) throws Exception {
    try {
      return Replies.name(call.get().getResource());
    } catch (ExecutionException failed) {
      StatusRuntimeException error = (StatusRuntimeException) failed.getCause();
      Status status = StatusProto.fromThrowable(error);
      boolean retryInfo =
          status.getDetailsList().stream().anyMatch(detail -> detail.is(RetryInfo.class));
      String words = error.getStatus().getCode() + " " + Replies.reason(status);
      return (words + (retryInfo ? " RetryInfo" : "")).strip();
    }
  }

  private static String batch(ResourceServiceFutureStub service) throws Exception {
    BatchGetRequest request = BatchGetRequest.newBuilder().addIds("2988507").addIds("1").build();
    List<String> results = new ArrayList<>();
    for (BatchGetResult result :
        service.withDeadlineAfter(30, TimeUnit.SECONDS).batchGet(request).get().getResultsList()) {
      results.add(
          result.hasResource()
              ? Replies.name(result.getResource())
              : Replies.reason(result.getStatus()));
    }
    return String.join(", ", results);
  }

  private static String deadline(ResourceServiceFutureStub service) throws Exception {
    long began = System.nanoTime();
    String ended = outcome(service.withDeadlineAfter(300, TimeUnit.MILLISECONDS).get(slow(9000)));
    boolean inTime = System.nanoTime() - began < TimeUnit.SECONDS.toNanos(5);
    return ended.split(" ")[0] + (inTime ? ", in time" : ", late");
  }

  private static String cancel(ResourceServiceFutureStub service) throws Exception {
    Context.CancellableContext caller = Context.current().withCancellation();
    ListenableFuture<GetResponse> call = caller.call(() -> start(service, slow(9000)));
    get(service, PARIS);
    caller.cancel(null);
    return outcome(call) + ", then " + get(service, PARIS);
  }

  private static String details(ResourceServiceFutureStub service) throws Exception {
    List<String> outcomes = together(service, slow(1000), 2);
    outcomes.sort(Comparator.reverseOrder());
    return String.join(", ", outcomes);
  }

  /** Makes the same call several times at once. */
  private static List<String> together(
      ResourceServiceFutureStub service, GetRequest request, int count) throws Exception {
    List<ListenableFuture<GetResponse>> calls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      calls.add(start(service, request));
    }
    List<String> outcomes = new ArrayList<>();
    for (ListenableFuture<GetResponse> call : calls) {
      outcomes.add(outcome(call));
    }
    return outcomes;
  }

  private static String overTls(String target, ChannelCredentials credentials, Metadata headers)
      throws Exception {
    ManagedChannel channel = open(target, credentials);
    try {
      return get(
          ResourceServiceGrpc.newFutureStub(channel)
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers)),
          PARIS);
    } finally {
      channel.shutdownNow();
    }
  }

  /** Stops one of two instances under calls. */
  private static String drain(String staying, String going, long pid, String config)
      throws Exception {
    NameResolverRegistry.getDefaultRegistry().register(new Instances(staying, going));
    @SuppressWarnings("unchecked")
    Map<String, ?> policy = new Gson().fromJson(Files.readString(Path.of(config)), Map.class);
    ManagedChannel channel =
        ManagedChannelBuilder.forTarget(Instances.SCHEME + ":///loadonce")
            .usePlaintext()
            .defaultServiceConfig(policy)
            .build();
    try {
      ResourceServiceFutureStub service = ResourceServiceGrpc.newFutureStub(channel);
      GetRequest request = GetRequest.newBuilder().setLookup("instance").setId("1").build();
      Set<String> answers = new TreeSet<>();
      while (!answers.containsAll(Set.of("staying", "going"))) {
        answers.addAll(together(service, request, 1));
      }
      ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
      process.destroy();
      while (process.isAlive()) {
        answers.addAll(together(service, request, 16));
      }
      Set<String> last = new TreeSet<>(together(service, request, 16));
      answers.addAll(last);
      answers.removeAll(Set.of("staying", "going"));
      String failed = answers.isEmpty() ? "no call failed" : String.join(", ", answers);
      return failed + ", then " + String.join(", ", last);
    } finally {
      channel.shutdownNow();
    }
  }
}

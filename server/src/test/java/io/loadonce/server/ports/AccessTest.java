package io.loadonce.server.ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.rpc.ErrorInfo;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.channelz.v1.ChannelzGrpc;
import io.grpc.channelz.v1.GetServersRequest;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.loadonce.server.RunningService;
import io.loadonce.server.access.NewToken;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.Key;
import io.loadonce.v1.ListLookupsRequest;
import io.loadonce.v1.Lookup;
import io.loadonce.v1.ResourceServiceGrpc;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceBlockingStub;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tokens and rights, on a service with the lookups default and cities-of-country. */
@Timeout(60)
class AccessTest {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private static final int HASH_TEXT_LENGTH = "sha256:".length() + 64;

  private static final String REFUSAL =
      "the call needs a valid token, in the header authorization: Bearer TOKEN, or a client"
          + " certificate that the server knows";

  @TempDir private static Path folder;

  private static final NewToken READER = NewToken.of("reader", "read", "");
  private static final NewToken WRITER = NewToken.of("writer", "invalidate", "");
  private static final NewToken OPERATOR = NewToken.of("operator", "admin", "");
  private static final NewToken LIMITED =
      NewToken.of("limited", "read,invalidate", "cities-of-country");

  private static Path file;
  private static RunningService service;

  @BeforeAll
  static void start() throws IOException {
    file = folder.resolve("access.txt");
    Files.writeString(file, lines(READER, WRITER, OPERATOR, LIMITED));
    service = RunningService.with(Map.of("--access-file", file.toString(), "--channelz", "true"));
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @Test
  void get_tokenWithTheRight_isAnswered() {
    assertThat(get(READER).getId()).isEqualTo("2988507");
  }

  /** Of any kind: a caller cannot learn what was wrong. */
  @Test
  void get_wrongTokens_haveOneRefusal() {
    String token = READER.token();
    String header = encoded("{\"alg\":\"none\"}");
    List<List<String>> wrong =
        List.of(
            List.of(),
            List.of(""),
            List.of("Bearer"),
            List.of("Bearer "),
            List.of("Bearer wrong"),
            List.of(token),
            List.of("Basic " + token),
            List.of("Bearer " + token.substring(1)),
            List.of("Bearer " + token + "A"),
            List.of("Bearer " + token + " " + token),
            List.of("Bearer " + token.toUpperCase(java.util.Locale.ROOT)),
            List.of("Bearer " + READER.line().substring(0, HASH_TEXT_LENGTH)),
            List.of("Bearer " + READER.line().substring("sha256:".length(), HASH_TEXT_LENGTH)),
            List.of("Bearer " + NewToken.of("reader", "read", "").token()),
            List.of("Bearer " + header + "." + encoded("{\"sub\":\"reader\"}") + "."),
            List.of("Bearer " + "A".repeat(4_000)),
            List.of("Bearer " + token, "Bearer " + token),
            List.of("Bearer wrong", "Bearer " + token));
    Set<String> texts = new HashSet<>();
    for (List<String> values : wrong) {
      StatusRuntimeException refusal = refusal(() -> stub(channel(values)).get(city()));

      assertThat(refusal.getStatus().getCode()).as("%s", values).isEqualTo(Code.UNAUTHENTICATED);
      texts.add(refusal.getStatus().getDescription() + refusal.getTrailers());
    }
    assertThat(texts).hasSize(1);
    assertThat(texts.iterator().next()).startsWith(REFUSAL);
  }

  @Test
  void get_malformedRequestWithoutToken_isRefusedUnread() {
    assertThat(code(() -> malformed(channel(List.of())))).isEqualTo(Code.UNAUTHENTICATED);
    assertThat(code(() -> malformed(channel(READER)))).isEqualTo(Code.INVALID_ARGUMENT);
  }

  @Test
  void call_tokenWithoutTheRight_isDeniedByName() {
    StatusRuntimeException refusal = refusal(() -> get(WRITER));

    assertThat(refusal.getStatus().getCode()).isEqualTo(Code.PERMISSION_DENIED);
    assertThat(refusal.getStatus().getDescription())
        .isEqualTo(
            "the caller writer does not have the right read, which the access file of the server"
                + " grants");
    assertThat(reason(refusal)).isEqualTo("PERMISSION_DENIED");
    assertThat(code(() -> invalidate(READER, "default"))).isEqualTo(Code.PERMISSION_DENIED);
    assertThat(code(() -> get(OPERATOR))).isEqualTo(Code.PERMISSION_DENIED);
    assertThat(invalidate(WRITER, "default")).isNotNull();
  }

  @Test
  void get_lookupWithoutTheRight_isDeniedAsOneThatIsNotThere() {
    ResourceServiceBlockingStub stub = stub(channel(LIMITED));

    assertThat(
            stub.get(GetRequest.newBuilder().setLookup("cities-of-country").setId("MC").build())
                .getResource()
                .getRowsCount())
        .isPositive();
    for (String lookup : List.of("default", "none")) {
      StatusRuntimeException refusal =
          refusal(() -> stub.get(city().toBuilder().setLookup(lookup).build()));
      assertThat(refusal.getStatus().getCode()).isEqualTo(Code.PERMISSION_DENIED);
      assertThat(refusal.getStatus().getDescription())
          .isEqualTo(
              "the caller limited may not use the lookup %s; it may use cities-of-country"
                  .formatted(lookup));
    }
    assertThat(code(() -> stub.get(city()))).isEqualTo(Code.PERMISSION_DENIED);
    assertThat(code(() -> stub(channel(READER)).get(city().toBuilder().setLookup("none").build())))
        .isEqualTo(Code.NOT_FOUND);
  }

  @Test
  void batchGetAndInvalidate_lookupWithoutTheRight_areDenied() {
    ResourceServiceBlockingStub stub = stub(channel(LIMITED));
    Key allowed = Key.newBuilder().setLookup("cities-of-country").setId("MC").build();
    Key denied = Key.newBuilder().setLookup("default").setId("2988507").build();

    assertThat(
            stub.batchGet(BatchGetRequest.newBuilder().addKeys(allowed).addKeys(denied).build())
                .getResultsList())
        .extracting(result -> result.getStatus().getCode())
        .containsExactly(Code.OK.value(), Code.PERMISSION_DENIED.value());
    assertThat(code(() -> stub.batchGet(BatchGetRequest.newBuilder().addIds("1").build())))
        .isEqualTo(Code.PERMISSION_DENIED);
    assertThat(code(() -> invalidate(LIMITED, "default"))).isEqualTo(Code.PERMISSION_DENIED);
    InvalidateRequest all =
        InvalidateRequest.newBuilder().setLookup("default").setAll(true).build();
    assertThat(code(() -> stub.invalidate(all))).isEqualTo(Code.PERMISSION_DENIED);
    assertThat(invalidate(LIMITED, "cities-of-country")).isNotNull();
  }

  @Test
  void listLookups_limitedCaller_seesItsOwn() {
    assertThat(
            stub(channel(LIMITED))
                .listLookups(ListLookupsRequest.getDefaultInstance())
                .getLookupsList())
        .extracting(Lookup::getName)
        .containsExactly("cities-of-country");
  }

  @Test
  void otherServices_followTheRights() {
    assertThat(healthCode(service, List.of())).isEqualTo(Code.OK);
    assertThat(code(() -> channelz(channel(List.of())))).isEqualTo(Code.UNAUTHENTICATED);
    assertThat(code(() -> channelz(channel(READER)))).isEqualTo(Code.PERMISSION_DENIED);
    assertThat(code(() -> channelz(channel(OPERATOR)))).isEqualTo(Code.OK);
    assertThat(ReflectionCall.code(channel(List.of()))).isEqualTo(Code.UNAUTHENTICATED);
    assertThat(ReflectionCall.code(channel(READER))).isEqualTo(Code.OK);
  }

  @Test
  void otherServices_switchedOff_areNotThere() {
    Map<String, String> flags =
        Map.of("--access-file", file.toString(), "--reflection", "false", "--open-health", "false");
    try (RunningService closed = RunningService.with(flags)) {
      assertThat(ReflectionCall.code(channel(closed, bearer(READER))))
          .isEqualTo(Code.UNIMPLEMENTED);
      assertThat(code(() -> channelz(channel(closed, bearer(OPERATOR)))))
          .isEqualTo(Code.UNIMPLEMENTED);
      assertThat(healthCode(closed, List.of())).isEqualTo(Code.UNAUTHENTICATED);
      assertThat(healthCode(closed, bearer(WRITER))).isEqualTo(Code.OK);
    }
  }

  @Test
  void otherServices_noAccessFile_areOpenButChannelz() {
    try (RunningService open = RunningService.with(Map.of())) {
      assertThat(ReflectionCall.code(channel(open, List.of()))).isEqualTo(Code.OK);
      assertThat(healthCode(open, List.of())).isEqualTo(Code.OK);
      assertThat(code(() -> channelz(channel(open, List.of())))).isEqualTo(Code.UNIMPLEMENTED);
    }
  }

  @Test
  void pages_needTheRightAdmin_exceptForProbes() throws Exception {
    try (AdminClient admin = AdminClient.plaintext(service)) {
      assertThat(admin.get("/livez").statusCode()).isEqualTo(200);
      assertThat(admin.get("/readyz").statusCode()).isEqualTo(200);
      for (String page : List.of("/", "/metrics", "/none")) {
        assertThat(admin.get(page).statusCode()).isEqualTo(401);
        assertThat(admin.get(page).headers().firstValue("WWW-Authenticate")).contains("Bearer");
        assertThat(admin.get(page, "Authorization", "Bearer wrong").statusCode()).isEqualTo(401);
        assertThat(admin.get(page, "Authorization", bearer(READER).getFirst()).statusCode())
            .isEqualTo(403);
      }
      assertThat(admin.get("/metrics", "Authorization", bearer(OPERATOR).getFirst()).body())
          .containsPattern("loadonce_access_refusals_total\\{reason=\"permission_denied\"} [1-9]");
    }
  }

  @Test
  void accessFile_changes_isReadAgainAndABrokenOneIsNot() throws Exception {
    Path changing = folder.resolve("changing.txt");
    Files.writeString(changing, lines(READER));
    NewToken next = NewToken.of("reader", "read", "");
    try (RunningService changed =
        RunningService.with(Map.of("--access-file", changing.toString()))) {
      Channel old = channel(changed, bearer(READER));
      Channel renewed = channel(changed, bearer(next));
      assertThat(getCode(old)).isEqualTo(Code.OK);
      assertThat(getCode(renewed)).isEqualTo(Code.UNAUTHENTICATED);

      Files.writeString(changing, lines(READER, next));
      await().until(() -> getCode(renewed) == Code.OK);
      assertThat(getCode(old)).isEqualTo(Code.OK);

      Files.writeString(changing, lines(next));
      await().until(() -> getCode(old) == Code.UNAUTHENTICATED);
      assertThat(getCode(renewed)).isEqualTo(Code.OK);
    }
  }

  private static Code getCode(Channel channel) {
    return code(() -> stub(channel).get(city()));
  }

  private static io.loadonce.v1.Resource get(NewToken token) {
    return stub(channel(token)).get(city()).getResource();
  }

  private static Object invalidate(NewToken token, String lookup) {
    return stub(channel(token))
        .invalidate(InvalidateRequest.newBuilder().setLookup(lookup).addIds("1").build());
  }

  private static Object channelz(Channel channel) {
    return ChannelzGrpc.newBlockingStub(channel).getServers(GetServersRequest.getDefaultInstance());
  }

  private static Code healthCode(RunningService of, List<String> authorization) {
    return code(
        () ->
            HealthGrpc.newBlockingStub(channel(of, authorization))
                .check(HealthCheckRequest.getDefaultInstance()));
  }

  /** A call of Get with bytes that are no protobuf. */
  private static byte[] malformed(Channel channel) {
    MethodDescriptor<byte[], byte[]> get =
        ResourceServiceGrpc.getGetMethod().toBuilder(new Bytes(), new Bytes()).build();
    return ClientCalls.blockingUnaryCall(channel, get, CallOptions.DEFAULT, new byte[] {0x0a, 9});
  }

  private static GetRequest city() {
    return GetRequest.newBuilder().setId("2988507").build();
  }

  private static ResourceServiceBlockingStub stub(Channel channel) {
    return ResourceServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  private static Channel channel(NewToken token) {
    return channel(service, bearer(token));
  }

  private static Channel channel(List<String> authorization) {
    return channel(service, authorization);
  }

  private static Channel channel(RunningService of, List<String> authorization) {
    ManagedChannel plain = of.channel();
    Metadata headers = new Metadata();
    authorization.forEach(value -> headers.put(AUTHORIZATION, value));
    return ClientInterceptors.intercept(plain, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static List<String> bearer(NewToken token) {
    return List.of("Bearer " + token.token());
  }

  private static String lines(NewToken... tokens) {
    StringBuilder lines = new StringBuilder();
    for (NewToken token : tokens) {
      lines.append(token.line()).append('\n');
    }
    return lines.toString();
  }

  private static String encoded(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private static Code code(Supplier<?> call) {
    try {
      assertThat(call.get()).isNotNull();
      return Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  private static StatusRuntimeException refusal(Supplier<?> call) {
    try {
      throw new AssertionError("the call was answered: " + call.get());
    } catch (StatusRuntimeException e) {
      return e;
    }
  }

  private static @Nullable String reason(StatusRuntimeException refusal) {
    return StatusProto.fromThrowable(refusal).getDetailsList().stream()
        .map(
            detail -> {
              try {
                return detail.unpack(ErrorInfo.class).getReason();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            })
        .findFirst()
        .orElse(null);
  }

  /** Sends bytes as they are. */
  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }
}

package io.loadonce.bench.reliability.access;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.loadonce.bench.reliability.Scores;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.ResourceServiceGrpc;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceBlockingStub;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceFutureStub;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Calls with wrong tokens of all kinds: how many are let in, and what their times tell. */
final class WrongTokens implements AutoCloseable {

  private static final int CONNECTIONS = 4;
  private static final int IN_FLIGHT = 400;
  private static final long SEED = 20_261_128;
  private static final GetRequest REQUEST = GetRequest.newBuilder().setId(Secured.ID).build();

  private final Secured service;
  private final List<ManagedChannel> channels;
  private final Random random = new Random(SEED);

  WrongTokens(Secured service) {
    this.service = service;
    this.channels =
        Stream.<ManagedChannel>generate(
                () ->
                    NettyChannelBuilder.forAddress(
                            "127.0.0.1", service.server().port(), service.security().credentials())
                        .directExecutor()
                        .disableRetry()
                        .build())
            .limit(CONNECTIONS)
            .toList();
  }

  /**
   * Calls with each kind of token in turn, many calls at one time.
   *
   * @param longest ends earlier if it takes longer
   */
  void guess(Scores scores, int calls, Duration longest) throws InterruptedException {
    AtomicLong letIn = new AtomicLong();
    AtomicLong unexpected = new AtomicLong();
    Set<String> refusals = ConcurrentHashMap.newKeySet();
    WrongToken[] kinds = WrongToken.values();
    Semaphore free = new Semaphore(IN_FLIGHT);
    long beganNanos = System.nanoTime();
    int made = 0;
    while (made < calls && System.nanoTime() - beganNanos < longest.toNanos()) {
      WrongToken kind = kinds[made % kinds.length];
      free.acquire();
      ListenableFuture<GetResponse> reply = stub(kind, made / kinds.length).get(REQUEST);
      reply.addListener(
          () -> {
            Status status = status(reply);
            if (status.isOk()) {
              letIn.incrementAndGet();
            } else if (status.getCode() != kind.expected()) {
              unexpected.incrementAndGet();
            }
            if (kind != WrongToken.WRONG_RIGHTS) {
              refusals.add(status.getCode() + " " + status.getDescription());
            }
            free.release();
          },
          MoreExecutors.directExecutor());
      made++;
    }
    free.acquire(IN_FLIGHT);
    double seconds = (System.nanoTime() - beganNanos) / 1e9;
    scores.note(
        "calls with wrong tokens, seed " + SEED,
        "%,d in %.0f s%s".formatted(made, seconds, made < calls ? ", as many as fit" : ""));
    scores.judge(
        "calls with wrong tokens that were let in",
        "%,d of %,d".formatted(letIn.get(), made),
        "0",
        letIn.get() == 0 && made > 0);
    scores.judge(
        "calls with wrong tokens that ended with another status than they should",
        "%,d of %,d".formatted(unexpected.get(), made),
        "0",
        unexpected.get() == 0 && made > 0);
    scores.judge(
        "different refusals of tokens that are not known",
        Integer.toString(refusals.size()),
        "1",
        refusals.size() == 1);
  }

  /**
   * Notes the times of calls. The noise of a machine is larger than a difference that would tell
   * something, so the times have no bound.
   *
   * <p>Calls one after the other, with each kind of token once in a round, in a random order. The
   * tokens stay the same, so that the compression of headers treats all alike.
   */
  void time(Scores scores, int rounds) {
    Map<WrongToken, long[]> nanos = new EnumMap<>(WrongToken.class);
    List<WrongToken> kinds = Arrays.asList(WrongToken.values());
    Map<WrongToken, ResourceServiceBlockingStub> stubs = new EnumMap<>(WrongToken.class);
    for (WrongToken kind : kinds) {
      nanos.put(kind, new long[rounds]);
      stubs.put(
          kind,
          ResourceServiceGrpc.newBlockingStub(channels.getFirst())
              .withInterceptors(
                  MetadataUtils.newAttachHeadersInterceptor(kind.headers(service, random))));
    }
    int unexpected = 0;
    for (int round = 0; round < rounds; round++) {
      Collections.shuffle(kinds, random);
      for (WrongToken kind : kinds) {
        long beganNanos = System.nanoTime();
        try {
          var _ = Objects.requireNonNull(stubs.get(kind)).get(REQUEST);
          throw new IllegalStateException("a call with a wrong token was let in: " + kind);
        } catch (StatusRuntimeException e) {
          Objects.requireNonNull(nanos.get(kind))[round] = System.nanoTime() - beganNanos;
          unexpected += e.getStatus().getCode() == kind.expected() ? 0 : 1;
        }
      }
    }
    scores.judge(
        "calls one after the other that ended with another status than they should",
        "%,d of %,d".formatted(unexpected, rounds * kinds.size()),
        "0",
        unexpected == 0 && rounds > 0);
    Map<WrongToken, Double> medians = new EnumMap<>(WrongToken.class);
    nanos.forEach((kind, all) -> medians.put(kind, median(all)));
    double almost = Objects.requireNonNull(medians.get(WrongToken.ALMOST));
    double other = Objects.requireNonNull(medians.get(WrongToken.SAME_LENGTH));
    double difference = almost / other - 1;
    scores.note(
        "median time of nearly right tokens, compared with others of the same length",
        "%+.1f %%, %,d calls each".formatted(100 * difference, rounds));
    scores.note(
        "median time of a refusal",
        medians.entrySet().stream()
            .map(each -> "%s %.1f us".formatted(each.getKey(), each.getValue() / 1e3))
            .collect(Collectors.joining("; ")));
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
  }

  private ResourceServiceFutureStub stub(WrongToken kind, int place) {
    return ResourceServiceGrpc.newFutureStub(channels.get(place % channels.size()))
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(kind.headers(service, random)));
  }

  private static Status status(ListenableFuture<GetResponse> reply) {
    try {
      var _ = reply.get();
      return Status.OK;
    } catch (ExecutionException e) {
      return Status.fromThrowable(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("the reply is there", e);
    }
  }

  private static double median(long[] nanos) {
    Arrays.sort(nanos);
    return nanos[nanos.length / 2];
  }
}

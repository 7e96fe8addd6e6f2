package io.loadonce.server.history;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.Struct;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.loadonce.server.tier.RedisServer;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.InvalidateRequest.Strength;
import io.loadonce.v1.InvalidateResponse;
import io.loadonce.v1.Resource;
import io.loadonce.v1.ResourceServiceGrpc;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceBlockingStub;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Three instances of the service that share a Redis, over real connections. An invalidation goes
 * through one of them, one of four with STRENGTH_SEEN, and sometimes for all ids.
 */
public final class FleetSubject implements HistorySubject {
  static final int INSTANCES = 3;
  private static final Duration MAX_DELAY = Duration.ofMillis(3);
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

  /**
   * The call time-out of an instance that may be suspended: the calls that are open when it resumes
   * began a short time ago.
   */
  private static final Duration SHORT_CALL_TIMEOUT = Duration.ofMillis(300);

  private static final Duration MAX_OPENING = Duration.ofSeconds(30);
  private static final int IDS_PER_ALL = 64;

  /** Fewer, since a call waits while an instance is waited out. */
  private static final int PER_SEEN = 4;

  private static final Duration AFTER_NOT_SENT = Duration.ofMillis(60);

  private static final Duration HEARTBEAT = Duration.ofMillis(200);
  private static final Duration STALE_ON_DISCONNECT = Duration.ofMillis(300);

  /** For the sweeps of an instance, on a machine that does other things as well. */
  private static final Duration SLACK = Duration.ofMillis(200);

  /** After this time an instance that has missed an invalidation with STRENGTH_SENT obeys it. */
  static final Duration SENT_BOUND = HEARTBEAT.multipliedBy(2).plus(SLACK);

  /**
   * A service that runs.
   *
   * @param service is closed at the end
   */
  public record Instance(AutoCloseable service, int port, String adminAddress) {}

  /** Starts a service. */
  @FunctionalInterface
  public interface Starter {
    Instance start(Map<String, String> flags) throws Exception;
  }

  private record Connected(Instance instance, ManagedChannel channel) {

    /** Whether it may end while it is called. */
    boolean mayEnd() {
      return instance.service() instanceof InstanceProcess;
    }

    ResourceServiceBlockingStub stub() {
      return stub(mayEnd() ? SHORT_CALL_TIMEOUT : CALL_TIMEOUT);
    }

    /** For a call that waits for the other instances, too. */
    ResourceServiceBlockingStub stubThatWaits() {
      return stub(CALL_TIMEOUT);
    }

    private ResourceServiceBlockingStub stub(Duration timeout) {
      return ResourceServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private final List<Connected> fleet = new ArrayList<>();
  private final AtomicInteger invalidations = new AtomicInteger();
  private final AtomicInteger seen = new AtomicInteger();
  private final AtomicInteger waitedOut = new AtomicInteger();
  private final AtomicInteger notSent = new AtomicInteger();

  private FleetSubject() {}

  /**
   * Starts the instances, and waits until each of them uses Redis. If that fails, those that have
   * been started are ended.
   */
  public static FleetSubject start(HistoryDatabase database, RedisServer redis, Starter starter)
      throws Exception {
    Map<String, String> flags = new HashMap<>(database.flags(MAX_DELAY));
    flags.put("--redis-url", redis.url());
    flags.put("--listen-heartbeat", HEARTBEAT.toMillis() + "ms");
    flags.put("--stale-on-disconnect", STALE_ON_DISCONNECT.toMillis() + "ms");
    flags.put("--pool-size", "4");
    FleetSubject subject = new FleetSubject();
    try {
      for (int i = 0; i < INSTANCES; i++) {
        Instance started = starter.start(flags);
        ManagedChannel channel =
            NettyChannelBuilder.forAddress("127.0.0.1", started.port()).usePlaintext().build();
        subject.fleet.add(new Connected(started, channel));
      }
      subject.awaitUsable();
      return subject;
    } catch (Exception e) {
      try (subject) {
        throw e;
      }
    }
  }

  private void awaitUsable() {
    try (HttpClient http = HttpClient.newHttpClient()) {
      for (Connected each : fleet) {
        URI page = URI.create("http://" + each.instance().adminAddress() + "/metrics");
        await()
            .pollInterval(Duration.ofMillis(20))
            .atMost(MAX_OPENING)
            .until(
                () -> metrics(http, page).contains("loadonce_tier_trusted{lookup=\"default\"} 1"));
      }
    }
  }

  private static String metrics(HttpClient http, URI page)
      throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString()).body();
  }

  /** How many invalidations had which end, for the console. */
  String summary() {
    return "%d with STRENGTH_SEEN, %d instances waited out, %d not sent"
        .formatted(seen.get(), waitedOut.get(), notSent.get());
  }

  /** How many times an instance did not answer an invalidation and was waited out. */
  int waitedOut() {
    return waitedOut.get();
  }

  /** How many invalidations reached every instance before they returned. */
  int seen() {
    return seen.get();
  }

  @Override
  public int caches() {
    return INSTANCES;
  }

  @Override
  public Answer read(int id, long minVersion) {
    GetRequest.Builder request = GetRequest.newBuilder().setId(row(id));
    if (minVersion != ReadLog.ANY) {
      request.setMinVersion(minVersion);
    }
    try {
      return answer(cache(id).stub().get(request.build()).getResource());
    } catch (StatusRuntimeException e) {
      if (cache(id).mayEnd()) {
        cache(id).channel().resetConnectBackoff();
      }
      return e.getStatus().getCode() == Status.Code.FAILED_PRECONDITION
          ? new Answer.TooOld()
          : new Answer.NoAnswer(e.toString());
    }
  }

  @Override
  public void invalidate(int id) {
    var _ = declare(id);
  }

  /**
   * An invalidation that could not be sent promises nothing for the other instances. With
   * STRENGTH_SEEN the call fails then, and promises nothing at all.
   */
  @Override
  public List<Optional<Duration>> declare(int id) {
    int number = invalidations.incrementAndGet();
    boolean isSeen = number % PER_SEEN == 0;
    InvalidateRequest.Builder request =
        InvalidateRequest.newBuilder()
            .setStrength(isSeen ? Strength.STRENGTH_SEEN : Strength.STRENGTH_SENT);
    if (number % IDS_PER_ALL == 0 || number % IDS_PER_ALL == 1) {
      request.setAll(true);
    } else {
      request.addIds(row(id));
    }
    InvalidateResponse response;
    try {
      Connected through = cache(id);
      ResourceServiceBlockingStub stub = isSeen ? through.stubThatWaits() : through.stub();
      response = stub.invalidate(request.build());
    } catch (StatusRuntimeException e) {
      boolean isNotSent = isSeen && e.getStatus().getCode() == Status.Code.UNAVAILABLE;
      if (!isNotSent && !cache(id).mayEnd()) {
        throw e;
      }
      wasNotSent();
      return List.of();
    }
    waitedOut.addAndGet(response.getInstancesWaitedOut());
    if (isSeen) {
      seen.getAndIncrement();
      return Collections.nCopies(INSTANCES, Optional.of(Duration.ZERO));
    }
    boolean isSent = response.getInstancesReached() > 1;
    if (!isSent) {
      wasNotSent();
    }
    List<Optional<Duration>> promises =
        new ArrayList<>(
            Collections.nCopies(INSTANCES, isSent ? Optional.of(SENT_BOUND) : Optional.empty()));
    promises.set(id / HistoryRun.IDS, Optional.of(Duration.ZERO));
    return promises;
  }

  /**
   * What is invalidated while Redis is away is removed there before it is read again. So few should
   * be: the others show whether something old comes back.
   */
  private void wasNotSent() {
    notSent.getAndIncrement();
    try {
      var _ = new CountDownLatch(1).await(AFTER_NOT_SENT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private Connected cache(int id) {
    return fleet.get(id / HistoryRun.IDS);
  }

  private static String row(int id) {
    return Integer.toString(id % HistoryRun.IDS);
  }

  private static Answer answer(Resource row) {
    Struct data = row.getData();
    String payload = data.getFieldsOrThrow("payload").getStringValue();
    if (!payload.equals(Long.toString(row.getVersion()))) {
      throw new IllegalStateException("payload " + payload + " beside version " + row.getVersion());
    }
    return new Answer.Row(row.getVersion());
  }

  @Override
  public void close() {
    List<Exception> failed = new ArrayList<>();
    for (Connected each : fleet) {
      each.channel().shutdownNow();
      try {
        each.instance().service().close();
      } catch (Exception e) {
        failed.add(e);
      }
    }
    if (!failed.isEmpty()) {
      IllegalStateException all = new IllegalStateException("cannot stop all instances");
      failed.forEach(all::addSuppressed);
      throw all;
    }
  }
}

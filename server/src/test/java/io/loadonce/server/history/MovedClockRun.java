package io.loadonce.server.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.loadonce.db.jdbc.JdbcSource;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.RunningService;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.LookupInfo.Source;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** What {@link MovedClockTest} runs in a JVM whose wall clock is moved. Throws if it matters. */
final class MovedClockRun {
  private static final int READS = Integer.getInteger("history.reads") / 20;
  private static final int LEAST_MOVES = 10;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final GetRequest PARIS = GetRequest.newBuilder().setId("2988507").build();

  private MovedClockRun() {}

  public static void main(String[] arguments) throws Exception {
    try (MovedClock clock = new MovedClock()) {
      ages(clock);
      timeToLive(clock);
      control(clock);
    }
    histories();
    System.exit(0); // the embedded database leaves threads behind
  }

  /** An hour ahead a row is as young as it was, and an hour back as old. */
  private static void ages(MovedClock clock) throws IOException {
    long beganNanos = System.nanoTime();
    try (RunningService service = RunningService.with(Map.of("--ttl", "10m"))) {
      assertThat(source(service.stub().get(PARIS))).isEqualTo(Source.SOURCE_LOADED);
      for (Duration offset : List.of(HOUR, HOUR.negated(), Duration.ZERO)) {
        clock.moveTo(offset);
        GetResponse reply = service.stub().get(PARIS);
        var age = reply.getInfo().getAge();
        Duration passed = Duration.ofNanos(System.nanoTime() - beganNanos);
        assertThat(source(reply)).as("clock moved by %s", offset).isEqualTo(Source.SOURCE_MEMORY);
        assertThat(Duration.ofSeconds(age.getSeconds(), age.getNanos()))
            .as("age, clock moved by %s", offset)
            .isBetween(Duration.ZERO, passed);
      }
    }
    System.out.println("history, clock moved by 1 h and back: a row has the age that has passed");
  }

  /** With the clock an hour back, a row does not live an hour longer. */
  private static void timeToLive(MovedClock clock) throws IOException {
    Map<String, String> flags = Map.of("--ttl", "200ms", "--early-refresh", "0");
    try (RunningService service = RunningService.with(flags)) {
      clock.moveTo(HOUR);
      assertThat(source(service.stub().get(PARIS))).isEqualTo(Source.SOURCE_LOADED);
      clock.moveTo(HOUR.negated());
      await()
          .atMost(TIMEOUT)
          .until(() -> source(service.stub().get(PARIS)) == Source.SOURCE_LOADED);
    }
    System.out.println("history, clock moved 2 h back: a row lives no longer than its time");
  }

  /** A check that cannot fail is no check: an engine on the wall clock is found out. */
  private static void control(MovedClock clock) throws Exception {
    LongSupplier wallClock = () -> TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    assertThat(keepsOverAnHour(clock, System::nanoTime)).as("on the monotonic clock").isTrue();
    assertThat(keepsOverAnHour(clock, wallClock)).as("on the wall clock").isFalse();
    System.out.println("history, control WALL_CLOCK: a row is forgotten when the clock is moved");
  }

  private static boolean keepsOverAnHour(MovedClock clock, LongSupplier nanoClock)
      throws Exception {
    clock.moveTo(Duration.ZERO);
    Key id = new Key("0");
    try (HistoryDatabase database = HistoryDatabase.start(HistoryRun.IDS);
        var source = JdbcSource.open(database.settings(Duration.ZERO), LoadOnceSubject::payload)) {
      LoadOnce<Key, Long> engine =
          new LoadOnce<>(
              new MemoryCache<>(Variant.PLAIN.cache(), _ -> 8, _ -> 8),
              Variant.PLAIN.load(),
              LoadOnceSubject.lockSettings(),
              source,
              nanoClock);
      var _ = engine.await(id, TIMEOUT);
      assertThat(engine.look(id, LoadOnce.ANY_VERSION)).isNotNull();
      clock.moveTo(HOUR);
      return engine.look(id, LoadOnce.ANY_VERSION) != null;
    }
  }

  private static void histories() throws Exception {
    HistoryDatabase database = HistoryDatabase.start(HistoryRun.IDS).withTriggers();
    for (Variant variant : List.of(Variant.SHORT_LIVES, Variant.OLD_ROWS)) {
      history(variant.toString(), database, new LoadOnceSubject(database, variant));
    }
    history("over gRPC", database, new GrpcSubject(database, Variant.SLOW_LOADS));
    history("heard", database, new ListeningSubject(database, Variant.SLOW_LOADS));
  }

  private static void history(String what, HistoryDatabase database, HistorySubject opened)
      throws Exception {
    HistoryPlan plan = HistoryPlan.of(new SplittableRandom().nextInt(1_000_000), READS);
    try (HistorySubject subject = opened;
        MovedClock clock = new MovedClock().keepMoving()) {
      Verdict verdict = Verdict.NONE;
      while (verdict.isClean() && (verdict.judged() < READS || clock.moves() < LEAST_MOVES)) {
        verdict = verdict.plus(new HistoryRun(plan, database, subject).run());
      }
      System.out.printf(
          "history, clock moved %d times by an hour or two, %s: %s; seed %d%n",
          clock.moves(), what, verdict, plan.seed());
      assertThat(verdict.isClean()).as(verdict.first()).isTrue();
      assertThat(verdict.failed())
          .as("deadlines on the wall clock, or a busy machine")
          .isLessThan(verdict.judged() / 10);
    }
  }

  private static Source source(GetResponse reply) {
    return reply.getInfo().getSource();
  }
}

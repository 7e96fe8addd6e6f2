package io.loadonce.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.loadonce.db.jdbc.Database;
import io.loadonce.db.jdbc.DatabaseSettings;
import io.loadonce.db.jdbc.EmbeddedCities;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.changes.Instances;
import io.loadonce.server.load.Freshness;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.lookup.EncodedRow;
import io.loadonce.server.lookup.LookupConfig;
import io.loadonce.server.lookup.Lookups;
import io.loadonce.server.lookup.LookupsOverSources;
import io.loadonce.server.lookup.OneIdSource;
import io.loadonce.v1.Resource;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A row that differs from that of the database is looked at again before it is reported. */
class SecondLookTest {

  private static final Key ID = Key.of("7");
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final Lookups lookups =
      LookupsOverSources.of(
          List.of(
              new LookupConfig(
                  EmbeddedCities.LOOKUP,
                  CacheSettings.within(1 << 20, 1 << 20),
                  LoadSettings.DEFAULTS)),
          _ -> source(() -> "first"),
          LockSettings.DEFAULTS,
          System::nanoTime);

  private final LoadOnce<Key, EncodedRow> engine = lookups.all().getFirst().engine();
  private final AtomicInteger looks = new AtomicInteger();

  @Test
  void audit_changeIsMadeKnownAfterTheFirstLook_isNotReported() {
    try (Auditor auditor =
        audit(
            look -> {
              engine.invalidate(ID);
              return "second";
            })) {
      await().atMost(TIMEOUT).until(() -> isGiven() && looks.get() == 1);
      await()
          .during(Auditor.SECOND_LOOK.plusMillis(500))
          .atMost(TIMEOUT)
          .until(() -> counts(auditor).stale() == 0);
      assertThat(counts(auditor).checked()).isOne();
    }
  }

  @Test
  void audit_changeIsTakenBackBeforeTheSecondLook_isNotReported() {
    try (Auditor auditor = audit(look -> look == 1 ? "second" : "first")) {
      await().atMost(TIMEOUT).until(() -> isGiven() && counts(auditor).checked() == 2);
      assertThat(counts(auditor).stale()).isZero();
      assertThat(looks.get()).isGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void audit_rowDiffersAtBothLooks_isReportedWithItsAge() {
    try (Auditor auditor = audit(_ -> "second")) {
      await().atMost(TIMEOUT).until(() -> isGiven() && counts(auditor).stale() == 1);
      assertThat(counts(auditor).staleAges().snapshot().sum())
          .isGreaterThanOrEqualTo((double) Auditor.SECOND_LOOK.toNanos());
    }
  }

  @Test
  void use_fasterThanBefore_isInForceAtOnce() {
    try (Auditor auditor = audit(_ -> "first", Duration.ofHours(1))) {
      await().atMost(TIMEOUT).until(SecondLookTest::isPausing);
      auditor.use(new AuditSettings(Duration.ofMillis(10), /* drops= */ false));
      await().atMost(TIMEOUT).until(() -> isGiven() && counts(auditor).checked() > 0);
    }
  }

  private static boolean isPausing() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(
            each ->
                each.getName().equals("audit") && each.getState() == Thread.State.TIMED_WAITING);
  }

  /** Gives the row to a caller, if it is cached or was not looked at yet; always true. */
  private boolean isGiven() throws InterruptedException {
    if (engine.look(ID, Freshness.ANY) == null && looks.get() == 0) {
      engine.await(ID, TIMEOUT);
    }
    return true;
  }

  private static AuditCounts counts(Auditor auditor) {
    return Objects.requireNonNull(auditor.counts().get("default"));
  }

  /**
   * @param name in the row of the database, by the number of the look
   */
  private Auditor audit(IntFunction<String> name) {
    return audit(name, Duration.ofMillis(10));
  }

  private Auditor audit(IntFunction<String> name, Duration pause) {
    return Auditor.start(
        new AuditSettings(pause, /* drops= */ false),
        lookups,
        () -> Database.open(DatabaseSettings.of("jdbc:h2:mem:audit", "sa", "")),
        (_, _) -> source(() -> name.apply(looks.incrementAndGet())),
        Instances.ALONE,
        System::nanoTime);
  }

  /** A source whose rows are resources with this name as their id. */
  private static OneIdSource source(Supplier<String> name) {
    return new OneIdSource(
        _ ->
            Optional.of(
                EncodedRow.copyOf(Resource.newBuilder().setId(name.get()).build().toByteArray())));
  }
}

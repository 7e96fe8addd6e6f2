package io.loadonce.server.promises;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.CountedDatabase;
import io.loadonce.db.OneLookup;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.lock.LockSettings;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The engine embedded in a process, over a real PostgreSQL that counts. */
@Tag("slow")
class EngineOnPostgresTest {
  private static final Key PARIS = Key.of("2988507");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void await_500CallersOfOneColdId_oneQuery() throws Exception {
    try (CountedDatabase database = CountedDatabase.postgres()) {
      Herd<Outcome<Row>> good = herd(database, database.slowQuery(Duration.ofMillis(300)));
      assertThat(good.answers()).hasOnlyElementsOfType(Outcome.Found.class);
      assertThat(database.queries()).isOne();
      assertThat(database.loadsPerId()).isEqualTo(Map.of(PARIS.text(), 1L));
      database.reset();
      Herd<Outcome<Row>> bad = herd(database, database.failingQuery(Duration.ofMillis(300)));
      assertThat(bad.answers()).hasOnlyElementsOfType(Outcome.Failed.class);
      assertThat(database.queries()).isOne();
    }
  }

  private static Herd<Outcome<Row>> herd(CountedDatabase database, String query) throws Exception {
    try (OneLookup.Open<Row> source = database.settings(query).open()) {
      LoadOnce<Key, Row> engine =
          new LoadOnce<>(
              new MemoryCache<>(CacheSettings.within(1 << 20, 1 << 20), _ -> 8, _ -> 300),
              LoadSettings.DEFAULTS,
              LockSettings.DEFAULTS,
              source,
              System::nanoTime);
      Callable<Outcome<Row>> caller = () -> engine.await(PARIS, MINUTE);
      return Herd.of(Collections.nCopies(500, caller));
    }
  }
}

package io.loadonce.server.issues;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceRow;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.Freshness;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.load.StallingSource;
import io.loadonce.server.load.WaitingCaller;
import io.loadonce.server.lock.LockSettings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The story. With stale-on-error on, the cache held a fresh row of version 4, and a caller needed
 * version 5. The database did not answer, so the load failed; and then the failure was replaced by
 * what the cache held, without a look at what the caller needs. The caller was told that the row
 * has version 4, or that there is no row, as if the database had been read. It must be told that
 * the database is unavailable.
 */
class VersionNeededInAnOutageTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final StallingSource database = new StallingSource(1);
  private final LoadOnce<String, String> engine =
      new LoadOnce<>(
          new MemoryCache<>(CacheSettings.within(1 << 20, 1 << 16), String::length, String::length),
          new LoadSettings(/* earlyRefresh= */ 0, MINUTE, Duration.ZERO),
          LockSettings.DEFAULTS,
          database,
          System::nanoTime);

  @Test
  void join_freshRowIsTooOldAndDatabaseUnreachable_isUnavailable() throws Exception {
    load(Map.of("a", new SourceRow.Found<>("a", /* version= */ 4)));
    assertThatVersion5IsUnavailable();
  }

  @Test
  void join_cachedNotFoundAndDatabaseUnreachable_isUnavailable() throws Exception {
    load(Map.of());
    assertThatVersion5IsUnavailable();
  }

  private void load(Map<String, SourceRow<String>> rows) throws Exception {
    WaitingCaller first = new WaitingCaller();
    engine.join("a", Freshness.ANY, MINUTE, first);
    database.next().find(rows);
    first.outcome();
  }

  private void assertThatVersion5IsUnavailable() throws Exception {
    WaitingCaller caller = new WaitingCaller();
    engine.join("a", Freshness.ofVersion(5), MINUTE, caller);
    database.next().fail(new SourceException.Unavailable("no answer", /* cause= */ null));
    assertThat(caller.outcome())
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> assertThat(failed.reason()).isInstanceOf(SourceException.Unavailable.class));
  }
}

package io.loadonce.server.load;

import io.loadonce.db.source.SourceException;
import io.loadonce.server.load.Outcome.Cap;
import io.loadonce.server.load.Outcome.Failed;
import io.loadonce.server.load.Outcome.NotLoaded;
import io.loadonce.server.load.Outcome.Refused;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether a load is begun: not if the switch of the lookup allows none, not while the database is
 * unreachable, and not if the row would come too late for the caller. Never blocks; safe for use by
 * many threads.
 */
final class Admission<V> {

  /** The longest time after which a refused caller should try again. */
  static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();

  private final Stage<?, V> stage;
  private final long loadTimeoutNanos;
  private final Supplier<LoadSettings> settings;

  Admission(Stage<?, V> stage, Duration loadTimeout, Supplier<LoadSettings> settings) {
    this.stage = stage;
    this.loadTimeoutNanos = loadTimeout.toNanos();
    this.settings = settings;
  }

  /**
   * Returns what a caller gets instead of a load that would fail or come too late; null if the load
   * is to begin.
   *
   * @param callerNanos how long the caller still waits
   * @param alsoAhead how many flights will be loaded before it that are not in the queue yet
   */
  @Nullable Outcome<V> refusal(long callerNanos, int alsoAhead) {
    LoadSettings now = settings.get();
    if (!now.use().loads()) {
      return new NotLoaded<>();
    }
    SourceException outage = stage.outage();
    if (outage != null) {
      return new Failed<>(outage);
    }
    long timeNanos = Math.min(callerNanos, loadTimeoutNanos);
    long maxQueueNanos = now.maxQueueTime().toNanos();
    long lateNanos = stage.delay(alsoAhead).lateNanos(timeNanos, maxQueueNanos);
    if (lateNanos <= 0 && alsoAhead == 0) {
      stage.called(timeNanos);
    }
    return lateNanos <= 0 ? null : new Refused<>(Cap.QUEUE, Math.min(lateNanos, RETRY_NANOS));
  }
}

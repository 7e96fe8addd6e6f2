package io.loadonce.bench.ladder;

import io.loadonce.bench.ladder.rung.CaffeineGet;
import io.loadonce.bench.ladder.rung.DoubleDelete;
import io.loadonce.bench.ladder.rung.LockPerId;
import io.loadonce.bench.ladder.rung.NoLock;
import io.loadonce.bench.ladder.rung.OneLock;
import io.loadonce.bench.ladder.rung.OneLockSecondLook;
import io.loadonce.bench.ladder.rung.Ours;
import io.loadonce.bench.ladder.rung.Rung;
import io.loadonce.bench.ladder.rung.SingleFlight;
import io.loadonce.bench.ladder.rung.StripedLock;
import io.loadonce.bench.ladder.rung.TryLockThenSleep;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * A rung by its name in the table.
 *
 * @param herds whether the herd scenes run too; without them, the rung differs from another only
 *     when a row changes
 * @param rung creates one with an empty cache
 */
record Step(String name, boolean herds, Function<Source<Key, Row>, Rung> rung) {

  /** In the order of the table. */
  static final List<Step> LADDER =
      List.of(
          herd("no lock (cache-aside)", NoLock::new),
          herd("one lock", OneLock::new),
          herd("one lock, double check", OneLockSecondLook::new),
          herd("try-lock, sleep, look again", TryLockThenSleep::new),
          herd("single-flight (Python article)", SingleFlight::new),
          herd("lock per id (Java article)", LockPerId::new),
          herd("Guava Striped, double check", StripedLock::new),
          herd("Caffeine get(key, loader)", CaffeineGet::new),
          herd("Loadonce", Ours::new),
          doubleDelete(0),
          doubleDelete(100),
          doubleDelete(500));

  static Step herd(String name, Function<Source<Key, Row>, Rung> rung) {
    return new Step(name, /* herds= */ true, rung);
  }

  private static Step doubleDelete(int millis) {
    Duration delay = Duration.ofMillis(millis);
    return new Step(
        "double delete after " + millis + " ms",
        /* herds= */ false,
        source -> new DoubleDelete(source, delay));
  }
}

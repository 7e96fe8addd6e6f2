package io.loadonce.bench.ladder;

import io.loadonce.bench.contenders.CaffeineGet;
import io.loadonce.bench.contenders.Contender;
import io.loadonce.bench.contenders.DoubleDelete;
import io.loadonce.bench.contenders.LockPerId;
import io.loadonce.bench.contenders.NoLock;
import io.loadonce.bench.contenders.OneLock;
import io.loadonce.bench.contenders.OneLockSecondLook;
import io.loadonce.bench.contenders.Ours;
import io.loadonce.bench.contenders.SingleFlight;
import io.loadonce.bench.contenders.StripedLock;
import io.loadonce.bench.contenders.TryLockThenSleep;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * A rung of the ladder: a contender by its name in the table.
 *
 * @param herds whether it is shown to herds too; if not it differs from another only when a row
 *     changes
 * @param contender makes one with an empty memory
 */
record Step(String name, boolean herds, Function<Source<Key, Row>, Contender> contender) {

  /** From the bottom to the top. */
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

  static Step herd(String name, Function<Source<Key, Row>, Contender> contender) {
    return new Step(name, /* herds= */ true, contender);
  }

  private static Step doubleDelete(int millis) {
    Duration delay = Duration.ofMillis(millis);
    return new Step(
        "double delete after " + millis + " ms",
        /* herds= */ false,
        source -> new DoubleDelete(source, delay));
  }
}

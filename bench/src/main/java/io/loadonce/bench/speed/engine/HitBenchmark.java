package io.loadonce.bench.speed.engine;

import com.github.benmanes.caffeine.cache.Cache;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.lookup.EncodedRow;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/**
 * A row that is in memory: the engine's first look against Caffeine's, with the same keys. Ours
 * knows when a row is too old and counts what it gives; so there is a Caffeine that does too, and
 * one whose caller asks for the time.
 */
@State(Scope.Benchmark)
public class HitBenchmark {

  private final OursWay ours = new OursWay(new InstantSource());
  private final Cache<Key, EncodedRow> caffeine = Memory.create();
  private final Cache<Key, EncodedRow> expiring = Memory.createExpiring();

  @Setup
  public void fill(Ids ids) throws InterruptedException {
    for (Key id : ids.stored()) {
      caffeine.put(id, ours.get(id));
      expiring.put(id, ours.get(id));
    }
  }

  @Benchmark
  public @Nullable Outcome<EncodedRow> ours(Ids ids, Ids.Place place) {
    return ours.look(ids.next(place));
  }

  @Benchmark
  public @Nullable EncodedRow getIfPresent(Ids ids, Ids.Place place) {
    return caffeine.getIfPresent(ids.next(place));
  }

  @Benchmark
  public @Nullable EncodedRow getIfPresentExpiring(Ids ids, Ids.Place place) {
    return expiring.getIfPresent(ids.next(place));
  }

  /** What a look-up takes at least that asks the clock how old a row is. */
  @Benchmark
  public long getIfPresentAndClock(Ids ids, Ids.Place place, Blackhole hole) {
    hole.consume(caffeine.getIfPresent(ids.next(place)));
    return System.nanoTime();
  }
}

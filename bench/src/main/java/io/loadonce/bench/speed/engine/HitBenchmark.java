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
 * A hit: the first look of the engine against a lookup in Caffeine, with the same keys. Ours checks
 * expiry and counts outcomes; so one Caffeine does that too, and the caller of another reads the
 * clock.
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

  /** A lookup that also reads the clock, which each check of a row's age must do. */
  @Benchmark
  public long getIfPresentAndClock(Ids ids, Ids.Place place, Blackhole hole) {
    hole.consume(caffeine.getIfPresent(ids.next(place)));
    return System.nanoTime();
  }
}

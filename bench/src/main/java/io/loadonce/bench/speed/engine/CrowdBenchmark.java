package io.loadonce.bench.speed.engine;

import io.loadonce.db.lookup.Key;
import io.loadonce.server.lookup.EncodedRow;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Many threads on one id or on many, which are in memory. Of a thousand calls of a thread one
 * forgets its id first, so that loads begin while others ask.
 */
@State(Scope.Benchmark)
public class CrowdBenchmark {

  private static final int FORGET_EVERY = 1_000;

  @Param({EngineRun.OURS, "caffeine-get", "striped", "compute-if-absent", "single-flight"})
  String way = EngineRun.OURS;

  private Way loader = Way.of(EngineRun.OURS, new InstantSource());

  /** How many calls a thread has made. */
  @State(Scope.Thread)
  public static class Calls {
    private int made;
  }

  @Setup
  public void fill(Ids ids) throws InterruptedException {
    loader = Way.of(way, new InstantSource());
    for (Key id : ids.stored()) {
      var _ = loader.get(id);
    }
  }

  @Benchmark
  public EncodedRow get(Ids ids, Ids.Place place, Calls calls) throws InterruptedException {
    Key id = ids.next(place);
    if (++calls.made % FORGET_EVERY == 0) {
      loader.forget(id);
    }
    return loader.get(id);
  }
}

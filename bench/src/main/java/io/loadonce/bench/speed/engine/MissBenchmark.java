package io.loadonce.bench.speed.engine;

import io.loadonce.db.lookup.Key;
import io.loadonce.server.lookup.EncodedRow;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A row that is not in memory and that nobody else wants: it is loaded, and forgotten again. */
@State(Scope.Benchmark)
public class MissBenchmark {

  @Param({EngineRun.OURS, "caffeine-get", "striped", "compute-if-absent", "single-flight"})
  String way = EngineRun.OURS;

  private Way loader = Way.of(EngineRun.OURS, new InstantSource());

  @Setup
  public void create() {
    loader = Way.of(way, new InstantSource());
  }

  @Benchmark
  public EncodedRow get(Ids ids, Ids.Place place) throws InterruptedException {
    Key id = ids.next(place);
    EncodedRow loaded = loader.get(id);
    loader.forget(id);
    return loaded;
  }
}

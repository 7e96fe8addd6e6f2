package io.loadonce.bench.speed.engine;

import io.loadonce.db.lookup.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The ids of a benchmark. Each lookup has a key object of its own, as each request has. */
@State(Scope.Benchmark)
public class Ids {

  private static final int MANY = 1 << 14;

  @Param({"1", "16384"})
  int count = MANY;

  private Key[] asked = {};

  @Setup
  public void create() {
    asked = stored().toArray(Key[]::new);
  }

  /** The ids in the order of their names; other objects at every call. */
  List<Key> stored() {
    List<Key> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(Key.of(Integer.toString(2_000_000 + i)));
    }
    return ids;
  }

  /** The place of a thread in the ids: it starts at random and goes round. */
  @State(Scope.Thread)
  public static class Place {
    private int next = ThreadLocalRandom.current().nextInt(MANY);
  }

  Key next(Place place) {
    return asked[place.next++ & (asked.length - 1)];
  }
}

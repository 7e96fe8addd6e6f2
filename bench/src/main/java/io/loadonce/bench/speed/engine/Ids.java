package io.loadonce.bench.speed.engine;

import io.loadonce.db.lookup.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The ids of a benchmark. They are asked in keys of their own, as requests bring them. */
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
      ids.add(new Key(Integer.toString(2_000_000 + i)));
    }
    return ids;
  }

  /** Where a thread is among them: it goes round, from a place by chance. */
  @State(Scope.Thread)
  public static class Place {
    private int next = ThreadLocalRandom.current().nextInt(MANY);
  }

  Key next(Place place) {
    return asked[place.next++ & (asked.length - 1)];
  }
}

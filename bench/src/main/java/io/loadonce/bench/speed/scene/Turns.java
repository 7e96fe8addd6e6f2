package io.loadonce.bench.speed.scene;

import java.util.List;

/** Who comes first: in every second round it is the other way round, so that drift cancels out. */
final class Turns {

  private Turns() {}

  static <T> List<T> of(int round, List<T> contenders) {
    return round % 2 == 0 ? contenders : contenders.reversed();
  }
}

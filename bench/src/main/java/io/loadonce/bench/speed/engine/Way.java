package io.loadonce.bench.speed.engine;

import io.loadonce.db.lookup.Key;
import io.loadonce.server.lookup.EncodedRow;

/** A way to get a value from memory, and to load it once where it is not. Safe for many threads. */
interface Way {

  /** Gives the value. Blocks while it is loaded, here or by another thread. */
  EncodedRow get(Key id) throws InterruptedException;

  /** Forgets the value. */
  void forget(Key id);

  static Way of(String name, InstantSource source) {
    return switch (name) {
      case EngineRun.OURS -> new OursWay(source);
      case "caffeine-get" -> new CaffeineWay(source);
      case "striped" -> new StripedWay(source);
      case "compute-if-absent" -> new ComputeIfAbsentWay(source);
      case "single-flight" -> new SingleFlightWay(source);
      default -> throw new IllegalArgumentException("no way " + name);
    };
  }
}

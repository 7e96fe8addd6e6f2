package io.loadonce.client;

import io.grpc.CallOptions;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The way of one call through the instances, its retries included. The instances of a key have an
 * order, which depends on nothing but the key and their addresses (rendezvous hashing), so that all
 * clients agree. Safe for use by many threads.
 */
final class Route {

  /** Tells the balancer of a call. It is not sent. */
  static final CallOptions.Key<Route> OPTION = CallOptions.Key.create("loadonce-route");

  private final Affinity affinity;
  private final long key;
  private final Set<Long> tried = ConcurrentHashMap.newKeySet();

  Route(Affinity affinity, RowKey key) {
    this.affinity = affinity;
    this.key = hash(key);
  }

  /**
   * The instance for the next attempt: of the first that were not tried yet, the one with the
   * fewest calls in flight. When all were tried, it starts anew.
   *
   * @param ready one or more
   */
  Instance next(List<Instance> ready) {
    affinity.saw(ready);
    List<Instance> left = ready.stream().filter(one -> !tried.contains(one.hash())).toList();
    if (left.isEmpty()) {
      tried.clear();
      left = ready;
    }
    Instance chosen =
        left.stream()
            .sorted(Comparator.comparingLong(one -> -weight(key, one.hash())))
            .limit(affinity.spread())
            .min(Comparator.comparingInt(Instance::inFlight))
            .orElseThrow();
    tried.add(chosen.hash());
    return chosen;
  }

  static long hash(RowKey key) {
    long hash = hash(key.lookup());
    for (String part : key.parts()) {
      hash = mix(hash ^ hash(part));
    }
    return hash;
  }

  /** FNV-1a over the characters, mixed, since similar texts shall lie far apart. */
  static long hash(String text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return mix(hash);
  }

  /** The instance with the highest weight for a key comes first. 0 or more. */
  static long weight(long key, long instance) {
    return mix(key ^ instance) >>> 1;
  }

  /** The finalizer of MurmurHash3: each bit of the result depends on each bit of the value. */
  private static long mix(long value) {
    long mixed = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ (mixed >>> 33);
  }
}

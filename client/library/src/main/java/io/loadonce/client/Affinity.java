package io.loadonce.client;

import io.grpc.LoadBalancerRegistry;
import io.grpc.stub.AbstractStub;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Sends the calls of one key to the same instance, so that each instance caches its share of the
 * keys. It saves queries and changes no answer: where two clients see other instances, an id is
 * loaded twice. Safe for use by many threads.
 */
final class Affinity {

  static {
    LoadBalancerRegistry.getDefaultRegistry().register(new AffinityBalancer.Provider());
  }

  private final int spread;
  private volatile List<Instance> seen = List.of();

  /**
   * @param spread over how many instances the calls of a key are spread; 0 if calls are not sent by
   *     their keys
   */
  Affinity(int spread) {
    this.spread = spread;
  }

  boolean isOn() {
    return spread > 0;
  }

  int spread() {
    return spread;
  }

  /** The stub for one call about a key. */
  <S extends AbstractStub<S>> S route(S stub, RowKey key) {
    return isOn() ? stub.withOption(Route.OPTION, new Route(this, key)) : stub;
  }

  /** The stub for one call about several keys, which goes where the first of them belongs. */
  <S extends AbstractStub<S>> S route(S stub, List<RowKey> keys) {
    return keys.isEmpty() ? stub : route(stub, keys.get(0));
  }

  /** The balancer tells which instances it sees. */
  void saw(List<Instance> ready) {
    seen = ready;
  }

  /**
   * Splits keys by the instance that comes first for each, as the last call has seen the instances;
   * all are one part before the first call.
   *
   * @return the positions of the keys, part by part
   */
  List<List<Integer>> split(List<RowKey> keys) {
    List<Instance> instances = seen;
    if (instances.size() < 2) {
      return List.of(IntStream.range(0, keys.size()).boxed().toList());
    }
    Map<Long, List<Integer>> parts = new LinkedHashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      parts.computeIfAbsent(first(instances, keys.get(i)), any -> new ArrayList<>()).add(i);
    }
    return List.copyOf(parts.values());
  }

  private static long first(List<Instance> instances, RowKey key) {
    long hash = Route.hash(key);
    long first = 0;
    long highest = -1;
    for (Instance one : instances) {
      long weight = Route.weight(hash, one.hash());
      if (weight > highest) {
        highest = weight;
        first = one.hash();
      }
    }
    return first;
  }
}

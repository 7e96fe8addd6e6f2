package io.loadonce.bench.reliability.fleet;

import com.google.common.util.concurrent.ListenableFuture;
import io.loadonce.bench.reliability.Scores;
import io.loadonce.client.ClientSettings;
import io.loadonce.client.ResourceClient;
import io.loadonce.v1.GetResponse;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/** Where the calls of a client with affinity go, on instances without Redis. */
record AffinityFigures(FleetLab lab, List<Member> fleet, Scores scores) {

  private static final int THREADS = 16;
  private static final int ZIPF_IDS = 10_000;
  private static final Duration STOP = Duration.ofSeconds(40);

  /** Until a client has noticed that an instance is ready, or has gone. */
  private static final Duration NOTICED = Duration.ofSeconds(1);

  private static final double LEAST_IN_ONE = 0.99;

  void run(Sizes sizes, long seed)
      throws IOException, InterruptedException, SQLException, ExecutionException {
    scores.note("seed of the calls by Zipf's law", Long.toString(seed));
    for (int spread : List.of(1, 2)) {
      zipf(spread, sizes.zipfCalls(), seed);
    }
    List<Integer> ids = lab.newIds(sizes.affinityIds());
    try (ResourceClient first = open(1);
        ResourceClient second = open(1)) {
      long queries = lab.table().queries();
      call(first, ids);
      call(second, ids);
      queries = lab.table().queries() - queries;
      List<Set<Integer>> caches = caches(ids);
      long inOne =
          ids.stream()
              .filter(id -> caches.stream().filter(cache -> cache.contains(id)).count() == 1)
              .count();
      scores.judge(
          "two clients with affinity 1 call %,d ids on %d instances: ids in exactly one cache"
              .formatted(ids.size(), fleet.size()),
          percent(inOne, ids.size()),
          "%.0f %%".formatted(LEAST_IN_ONE * 100),
          inOne >= ids.size() * LEAST_IN_ONE);
      double perId = (double) queries / ids.size();
      scores.judge(
          "the same: queries for each cold id, without Redis",
          "%.3f".formatted(perId),
          "at most 1",
          perId <= 1 && queries > 0);
      oneGoes(first, ids, caches.getLast().size());
    }
  }

  private void oneGoes(ResourceClient client, List<Integer> ids, int cachedThere)
      throws InterruptedException, SQLException, ExecutionException {
    var _ = fleet.getLast().process().stop(STOP);
    Thread.sleep(NOTICED);
    long rows = lab.table().rowsRead();
    call(client, ids);
    rows = lab.table().rowsRead() - rows;
    scores.judge(
        "one of %d instances goes: ids that are loaded again".formatted(fleet.size()),
        percent(rows, ids.size()),
        "those of that instance, %s".formatted(percent(cachedThere, ids.size())),
        rows > 0 && rows <= cachedThere + (1 - LEAST_IN_ONE) * ids.size());
  }

  private void zipf(int spread, int calls, long seed)
      throws IOException, InterruptedException, ExecutionException {
    List<Integer> ids = lab.newIds(ZIPF_IDS);
    double[] sums = new double[ZIPF_IDS];
    double sum = 0;
    for (int rank = 0; rank < ZIPF_IDS; rank++) {
      sum += 1.0 / (rank + 1);
      sums[rank] = sum;
    }
    SplittableRandom random = new SplittableRandom(seed);
    List<Integer> called = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      int place = Arrays.binarySearch(sums, random.nextDouble(sum));
      called.add(ids.get(place < 0 ? -place - 1 : place));
    }
    List<Long> answered = new ArrayList<>();
    try (ResourceClient client = open(spread)) {
      for (Member each : fleet) {
        answered.add(-each.metrics().calls("OK"));
      }
      call(client, called);
      for (int i = 0; i < fleet.size(); i++) {
        answered.set(i, answered.get(i) + fleet.get(i).metrics().calls("OK"));
      }
    }
    long total = answered.stream().mapToLong(Long::longValue).sum();
    long most = answered.stream().mapToLong(Long::longValue).max().orElse(0);
    scores.note(
        "calls by Zipf's law (s = 1, %,d ids, %d threads) with affinity %d: calls of each instance"
            .formatted(ZIPF_IDS, THREADS, spread),
        "%s; the busiest has %.2f times the mean"
            .formatted(
                answered.stream().map("%,d"::formatted).collect(Collectors.joining(", ")),
                (double) most * fleet.size() / total));
  }

  /** A client that is connected to all instances. */
  private ResourceClient open(int affinity) throws InterruptedException {
    String target = fleet.stream().map(Member::address).collect(Collectors.joining(","));
    ResourceClient client =
        ResourceClient.open(ClientSettings.forTarget(target).withAffinity(affinity));
    var _ = client.get(Integer.toString(lab.newId()));
    Thread.sleep(NOTICED);
    return client;
  }

  private static void call(ResourceClient client, List<Integer> ids)
      throws InterruptedException, ExecutionException {
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<?>> calls = new ArrayList<>();
      for (int id : ids) {
        calls.add(threads.submit(() -> client.get(Integer.toString(id))));
      }
      for (Future<?> each : calls) {
        each.get();
      }
    }
  }

  /** The ids that are in the cache of each instance. */
  private List<Set<Integer>> caches(List<Integer> ids) throws InterruptedException {
    List<Set<Integer>> caches = new ArrayList<>();
    for (Member instance : fleet) {
      List<ListenableFuture<GetResponse>> replies =
          ids.stream().map(instance::getIfCached).toList();
      Set<Integer> cached = new LinkedHashSet<>();
      for (int i = 0; i < ids.size(); i++) {
        try {
          if (replies.get(i).get().hasResource()) {
            cached.add(ids.get(i));
          }
        } catch (ExecutionException _) {
          // It is not cached there.
        }
      }
      caches.add(cached);
    }
    return caches;
  }

  private static String percent(long part, long whole) {
    return "%,d of %,d (%.1f %%)".formatted(part, whole, 100.0 * part / whole);
  }
}

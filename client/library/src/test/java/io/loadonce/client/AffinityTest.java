package io.loadonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.ResourceServiceGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which of three instances a call reaches. */
class AffinityTest {

  private static final int IDS = 3_000;
  private static final int CALLS = 1_000;

  private final List<FakeServer> servers =
      Stream.generate(FakeServer::new).limit(3).collect(Collectors.toCollection(ArrayList::new));
  private final ClientSettings settings = ClientSettings.forTarget(targets()).withAffinity(1);

  @AfterEach
  void stop() {
    servers.forEach(FakeServer::close);
  }

  @Test
  void get_twoClientsAndAnInstanceThatGoes_onlyItsIdsMove() {
    try (ResourceClient one = ResourceClient.open(settings);
        ResourceClient other = ResourceClient.open(settings)) {
      getAll(one);
      getAll(other);
      Map<String, Set<Integer>> before = whereAreIds();
      List<Integer> calls = servers.stream().map(server -> server.gets.get()).toList();
      servers.get(0).close();
      servers.forEach(server -> server.requests.clear());
      getAll(one);
      Map<String, Set<Integer>> after = whereAreIds();

      long alone = before.values().stream().filter(where -> where.size() == 1).count();
      long moved =
          before.entrySet().stream()
              .filter(id -> !id.getValue().equals(after.get(id.getKey())))
              .count();
      System.out.printf(
          "affinity on 3 instances: %d of %d ids in exactly one memory, %.3f queries per cold id,"
              + " calls %s; %d ids moved when an instance ended%n",
          alone, IDS, pairs(before) / (double) IDS, calls, moved);
      assertThat(alone).isEqualTo(IDS);
      assertThat(calls).allSatisfy(share -> assertThat(share).isBetween(1_700, 2_300));
      assertThat(moved).isEqualTo(calls.get(0) / 2);
    }
  }

  /** Without affinity all calls reach one instance; so the test above sees the routes. */
  @Test
  void get_affinityIsOff_reachesTheFirstInstanceOnly() {
    try (ResourceClient client = ResourceClient.open(settings.withAffinity(0))) {
      IntStream.range(0, 20).forEach(id -> client.get(Integer.toString(id)));
    }

    assertThat(servers).extracting(server -> server.gets.get()).containsExactly(20, 0, 0);
  }

  @Test
  void batchGetAndInvalidate_keysOfThreeInstances_areSplitAndJoinedInOrder() {
    List<String> ids = IntStream.range(0, 300).mapToObj(Integer::toString).toList();
    try (ResourceClient client = ResourceClient.open(settings)) {
      ids.forEach(client::get);

      List<BatchResult> results = client.batchGet(ids);
      Invalidation invalidation = client.invalidate(ids);

      assertThat(results).extracting(BatchResult::id).isEqualTo(ids);
      assertThat(invalidation).isEqualTo(new Invalidation(300, 3, 1, 0));
      for (FakeServer server : servers) {
        List<String> own = server.requests.stream().map(GetRequest::getId).toList();
        assertThat(server.batches).containsExactly(own);
        assertThat(server.invalidations).hasSize(1);
        assertThat(server.invalidations.element().getIdsList()).isEqualTo(own);
      }
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> settings.withAffinity(17))
          .withMessage("affinity is 17 but must be from 0 to 16");
    }
  }

  @Test
  void get_instanceIsBusyOrItsDatabaseDown_asksTheNextInstanceOncePerAttempt() {
    try (ResourceClient client = ResourceClient.open(settings.withMaxAttempts(3))) {
      for (String id : List.of("busy", "down")) {
        assertThatExceptionOfType(LoadonceException.class).isThrownBy(() -> client.get(id));
      }
    }

    for (FakeServer server : servers) {
      assertThat(server.requests)
          .extracting(GetRequest::getId)
          .containsExactlyInAnyOrder("busy", "down");
    }
  }

  @Test
  void get_spreadOverTwo_goesToTheOneWithFewerCallsInFlight() {
    try (ResourceClient client = ResourceClient.open(settings.withAffinity(2))) {
      client.get("warm");
      servers.forEach(server -> server.gets.set(0));
      List<Future<GetResponse>> calls = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        calls.add(silentCall(client, "hot"));
      }
      awaitCalls(10);
      calls.forEach(call -> call.cancel(true));
    }

    assertThat(servers).extracting(server -> server.gets.get()).containsExactlyInAnyOrder(5, 5, 0);
  }

  @Test
  void get_popularIds_areSharedMoreEvenlyWhenSpread() {
    double alone = imbalance(1);
    double spread = imbalance(2);

    System.out.printf(
        "affinity on 3 instances, Zipf 1.1, seed 12, %d calls in flight: the busiest instance has"
            + " %.2f times the mean with k = 1, %.2f times with k = 2%n",
        CALLS, alone, spread);
    assertThat(spread).isBetween(1.0, 1.3);
  }

  /** An address that accepts connections and never speaks. */
  @Test
  void get_oneInstanceIsSilentAtTheStart_isAnsweredByAnotherAfterTheWait() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String target = targets() + ",127.0.0.1:" + silent.getLocalPort();
      ClientSettings four = ClientSettings.forTarget(target).withAffinity(1);
      try (ResourceClient client = ResourceClient.open(four.withDeadline(Duration.ofSeconds(4)))) {
        IntStream.range(0, 50).forEach(id -> client.get(Integer.toString(id)));
      }
    }

    assertThat(servers.stream().mapToInt(server -> server.gets.get()).sum()).isEqualTo(50);
  }

  @Test
  void get_allInstancesGone_saysThatItCannotConnect() {
    servers.forEach(FakeServer::close);

    try (ResourceClient client = ResourceClient.open(settings.withMaxAttempts(1))) {
      assertThatExceptionOfType(LoadonceException.class)
          .isThrownBy(() -> client.get("1"))
          .withMessageStartingWith("UNAVAILABLE: cannot connect: ");
    }
  }

  /** How many times the mean the busiest instance has, with all calls in flight at once. */
  private double imbalance(int spread) {
    servers.forEach(server -> server.gets.set(0));
    double[] weights = IntStream.rangeClosed(1, IDS).mapToDouble(i -> Math.pow(i, -1.1)).toArray();
    double sum = DoubleStream.of(weights).sum();
    Random random = new Random(12);
    try (ResourceClient client = ResourceClient.open(settings.withAffinity(spread))) {
      client.get("warm");
      List<Future<GetResponse>> calls = new ArrayList<>();
      for (int i = 0; i < CALLS; i++) {
        double at = random.nextDouble() * sum;
        int rank = 0;
        while (rank < weights.length - 1 && at >= weights[rank]) {
          at -= weights[rank++];
        }
        calls.add(silentCall(client, Integer.toString(rank)));
      }
      awaitCalls(CALLS + 1);
      calls.forEach(call -> call.cancel(true));
    }
    int most = servers.stream().mapToInt(server -> server.gets.get()).max().orElseThrow();
    return most * 3.0 / (CALLS + 1);
  }

  /** A call that stays in flight, where the calls of an id go. */
  private static Future<GetResponse> silentCall(ResourceClient client, String id) {
    return client
        .route(ResourceServiceGrpc.newFutureStub(client.channel()), RowKey.of(id))
        .get(GetRequest.newBuilder().setId("silent").build());
  }

  private void awaitCalls(int calls) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (servers.stream().mapToInt(server -> server.gets.get()).sum() < calls) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private String targets() {
    return servers.stream().map(FakeServer::target).collect(Collectors.joining(","));
  }

  private static void getAll(ResourceClient client) {
    IntStream.range(0, IDS).forEach(id -> client.get(Integer.toString(id)));
  }

  private Map<String, Set<Integer>> whereAreIds() {
    Map<String, Set<Integer>> where = new HashMap<>();
    for (int i = 0; i < servers.size(); i++) {
      for (GetRequest request : servers.get(i).requests) {
        where.computeIfAbsent(request.getId(), id -> new HashSet<>()).add(i);
      }
    }
    return where;
  }

  private static long pairs(Map<String, Set<Integer>> where) {
    return where.values().stream().mapToLong(Set::size).sum();
  }
}

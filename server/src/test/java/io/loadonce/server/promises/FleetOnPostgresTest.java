package io.loadonce.server.promises;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.loadonce.db.CountedDatabase;
import io.loadonce.server.RunningService;
import io.loadonce.server.tier.RedisServer;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.InvalidateResponse;
import io.loadonce.v1.LookupInfo.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Three instances over gRPC that share a real Redis and a PostgreSQL, which counts the queries. */
@Tag("slow")
class FleetOnPostgresTest {
  private static final String PARIS = "2988507";
  private static final int INSTANCES = 3;
  private static final Duration HELD = Duration.ofMillis(200);
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private static CountedDatabase database;
  private static RedisServer redis;

  private final List<RunningService> fleet = new ArrayList<>();

  @BeforeAll
  static void startServers() throws Exception {
    redis = RedisServer.start();
    database = CountedDatabase.postgres();
  }

  @AfterAll
  static void stopServers() throws Exception {
    if (redis != null) {
      redis.close();
      database.close();
    }
  }

  @BeforeEach
  void startFleet() throws Exception {
    try (var connection = redis.connect()) {
      connection.flushAll();
    }
    for (int i = 0; i < INSTANCES; i++) {
      fleet.add(
          RunningService.on(
              database, database.slowQuery(HELD), Map.of("--redis-url", redis.url())));
    }
    fleet.forEach(FleetOnPostgresTest::awaitUsable);
    database.reset();
  }

  @AfterEach
  void stopFleet() {
    fleet.forEach(RunningService::close);
  }

  @Test
  void get_500CallersOnEachOfThreeInstances_oneQuery() throws Exception {
    List<Callable<GetResponse>> callers = new ArrayList<>();
    fleet.forEach(
        each -> IntStream.range(0, 500).forEach(_ -> callers.add(() -> get(each, PARIS))));
    Herd<GetResponse> herd = Herd.of(callers);
    assertThat(herd.answers())
        .allSatisfy(answer -> assertThat(answer.getResource().getId()).isEqualTo(PARIS));
    assertThat(database.queries()).isOne();

    InvalidateResponse seen =
        fleet
            .getFirst()
            .stub()
            .invalidate(
                InvalidateRequest.newBuilder()
                    .addIds(PARIS)
                    .setStrength(InvalidateRequest.Strength.STRENGTH_SEEN)
                    .build());
    assertThat(seen.getInstancesReached()).isEqualTo(INSTANCES);
    assertThat(seen.getInstancesWaitedOut()).isZero();
    assertThat(get(fleet.get(1), PARIS).getInfo().getSource()).isEqualTo(Source.SOURCE_LOADED);
    assertThat(database.queries()).isEqualTo(2);
  }

  @Test
  void get_200ColdIdsOnEachOfThreeInstances_eachIdOnce() throws Exception {
    List<String> ids = cities(200);
    Herd<GetResponse> herd = Herd.of(callers(ids, 10));
    assertThat(herd.answers()).hasSize(200 * 10 * INSTANCES);
    assertThat(database.loadsPerId())
        .hasSize(200)
        .allSatisfy((_, loads) -> assertThat(loads).isOne());
  }

  @Test
  void get_redisIsKilledMeanwhile_noCallFailsAndEachInstanceLoadsOnceMore() throws Exception {
    List<String> ids = cities(200);
    CompletableFuture<Void> killed =
        CompletableFuture.runAsync(
            () -> {
              await().atMost(TIMEOUT).until(() -> database.queries() > 0);
              redis.kill();
            });
    Herd<GetResponse> herd = Herd.of(callers(ids, 10));
    killed.join();
    assertThat(herd.answers()).hasSize(200 * 10 * INSTANCES);
    assertThat(database.loadsPerId())
        .hasSize(200)
        .allSatisfy((_, loads) -> assertThat(loads).isBetween(1L, 1L + INSTANCES));
    redis.begin();
  }

  private List<Callable<GetResponse>> callers(List<String> ids, int each) {
    List<Callable<GetResponse>> callers = new ArrayList<>();
    for (String id : ids) {
      for (RunningService instance : fleet) {
        IntStream.range(0, each).forEach(_ -> callers.add(() -> get(instance, id)));
      }
    }
    return callers;
  }

  private static GetResponse get(RunningService instance, String id) {
    return instance.stub().get(GetRequest.newBuilder().setId(id).build());
  }

  private static List<String> cities(int count) {
    long first = database.number("SELECT min(id) FROM city");
    List<String> ids = new ArrayList<>();
    for (long id = first; ids.size() < count; id++) {
      long next = database.number("SELECT min(id) FROM city WHERE id >= " + id);
      ids.add(Long.toString(next));
      id = next;
    }
    return ids;
  }

  private static void awaitUsable(RunningService instance) {
    await()
        .pollInterval(Duration.ofMillis(20))
        .atMost(TIMEOUT)
        .until(() -> metrics(instance).contains("loadonce_tier_trusted{lookup=\"default\"} 1"));
  }

  private static String metrics(RunningService instance) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI page = URI.create("http://" + instance.admin() + "/metrics");
      return http.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

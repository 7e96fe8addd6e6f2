package io.loadonce.server.promises;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.CountedDatabase;
import io.loadonce.server.RunningService;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One query for each load, for lists and for keys of several columns; PostgreSQL counts. */
@Tag("slow")
class LookupsOnPostgresTest {
  private static final String CONFIG =
      """
      database:
        url: {url}
        user: {user}
      lookups:
        cities-of-country:
          query: SELECT country, name FROM city WHERE country IN (:ids) AND {pause} ORDER BY name
          key: country text
          rows: many
          max-rows: 10000
        city-in-country:
          query: SELECT id, country, name FROM city WHERE (id, country) IN (:ids) AND {pause}
          key: [id bigint, country text]
      """;

  private static final Duration HELD = Duration.ofMillis(300);

  private static CountedDatabase database;

  @TempDir Path directory;

  @BeforeAll
  static void startDatabase() throws Exception {
    database = CountedDatabase.postgres();
  }

  @AfterAll
  static void stopDatabase() throws Exception {
    database.close();
  }

  @BeforeEach
  void countFromZero() {
    database.reset();
  }

  @Test
  void get_500CallersOfOneColdList_oneQuery() throws Exception {
    try (RunningService service = service()) {
      GetRequest monaco =
          GetRequest.newBuilder().setLookup("cities-of-country").setId("MC").build();
      Herd<GetResponse> herd = Herd.of(callers(service, Collections.nCopies(500, monaco)));
      assertThat(herd.answers())
          .allSatisfy(answer -> assertThat(answer.getResource().getRowsCount()).isEqualTo(2));
      assertThat(database.queries()).isOne();
      assertThat(database.loadsPerId()).isEqualTo(Map.of("MC", 1L));
    }
  }

  @Test
  void get_50CallersOfEachOf200KeysOfTwoColumns_eachKeyOnce() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    List<List<String>> keys = keys(200);
    List<GetRequest> requests = new ArrayList<>();
    for (List<String> key : keys) {
      GetRequest request =
          GetRequest.newBuilder().setLookup("city-in-country").addAllKey(key).build();
      requests.addAll(Collections.nCopies(50, request));
    }
    Collections.shuffle(requests, new Random(seed));
    try (RunningService service = service()) {
      Herd<GetResponse> herd = Herd.of(callers(service, requests));
      assertThat(herd.answers()).allSatisfy(answer -> assertThat(answer.hasResource()).isTrue());
      Map<String, Long> loads = database.loadsPerId();
      assertThat(keys)
          .as("seed %d", seed)
          .allSatisfy(key -> assertThat(loads).containsEntry(key.getFirst(), 1L));
      assertThat(database.queries()).as("seed %d", seed).isBetween(1L, 200L);
    }
  }

  private RunningService service() throws Exception {
    Path file = directory.resolve("loadonce.yaml");
    Files.writeString(
        file,
        CONFIG
            .replace("{url}", database.url())
            .replace("{user}", database.user())
            .replace("{pause}", "(SELECT TRUE FROM pg_sleep(" + HELD.toMillis() / 1e3 + "))"));
    return RunningService.with(Map.of("--config", file.toString()));
  }

  private static List<Callable<GetResponse>> callers(
      RunningService service, List<GetRequest> requests) {
    List<Callable<GetResponse>> callers = new ArrayList<>();
    for (GetRequest request : requests) {
      callers.add(() -> service.stub().get(request));
    }
    return callers;
  }

  private static List<List<String>> keys(int count) throws Exception {
    List<List<String>> keys = new ArrayList<>();
    try (Connection connection =
            DriverManager.getConnection(database.url(), database.user(), database.password());
        ResultSet rows =
            connection
                .createStatement()
                .executeQuery("SELECT id, country FROM city ORDER BY id LIMIT " + count)) {
      while (rows.next()) {
        keys.add(List.of(rows.getString(1), rows.getString(2)));
      }
    }
    database.reset();
    return keys;
  }
}

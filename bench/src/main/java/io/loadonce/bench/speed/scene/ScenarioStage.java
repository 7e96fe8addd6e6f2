package io.loadonce.bench.speed.scene;

import io.loadonce.bench.speed.contender.H2Items;
import io.loadonce.bench.speed.contender.LoadonceServer;
import io.loadonce.bench.speed.contender.PostgresTable;
import io.loadonce.bench.speed.contender.ServerProcess;
import io.loadonce.bench.speed.contender.WithoutLoadOnce;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Two instances of Loadonce in front of a database that counts its queries. Each query takes 100 ms
 * and is for one id, so that it can be compared with a call. For one thread.
 */
final class ScenarioStage implements AutoCloseable {

  /** The drain time-out, and some seconds more. */
  private static final Duration STOP = Duration.ofSeconds(25);

  private static final String POSTGRES_QUERY =
      PostgresTable.QUERY + " AND (SELECT TRUE FROM pg_sleep(0.1))";

  private static final String CONFIG =
      """
      database:
        url: {url}
        user: {user}
      ttl: 1h
      negative-ttl: 1h
      max-ids-per-query: 1
      lookups:
        item:
          query: {query}
          key: id bigint
      """;

  /** A database; on H2, each instance has its own. */
  private final @Nullable PostgresTable postgres;

  private final List<H2Items> h2 = new ArrayList<>();
  private final Path directory = Files.createTempDirectory("loadonce-bench");
  private final List<ServerProcess> instances = new ArrayList<>();

  /**
   * Starts the instances.
   *
   * @param postgres null for H2
   * @param loadsOnce false for a planted bug
   */
  ScenarioStage(@Nullable PostgresTable postgres, boolean loadsOnce)
      throws IOException, InterruptedException, SQLException {
    this.postgres = postgres;
    try {
      WithoutLoadOnce planted =
          loadsOnce
              ? null
              : WithoutLoadOnce.compile(Files.createDirectory(directory.resolve("planted")));
      for (int i = 0; i < 2; i++) {
        Path config = config(i);
        instances.add(planted == null ? LoadonceServer.start(config) : planted.start(config));
      }
    } catch (IOException | InterruptedException | SQLException | IllegalStateException e) {
      close();
      throw e;
    }
  }

  private Path config(int instance) throws IOException, SQLException {
    String text;
    if (postgres == null) {
      H2Items items =
          H2Items.create(Files.createDirectory(directory.resolve(Integer.toString(instance))));
      h2.add(items);
      text = config(items.url(), H2Items.USER, H2Items.QUERY);
    } else {
      text = config(postgres.url(), PostgresTable.USER, POSTGRES_QUERY);
    }
    return Files.writeString(directory.resolve(instance + ".yaml"), text);
  }

  private static String config(String url, String user, String query) {
    return CONFIG.replace("{url}", url).replace("{user}", user).replace("{query}", query);
  }

  ServerProcess first() {
    return instances.getFirst();
  }

  ServerProcess last() {
    return instances.getLast();
  }

  /** Ends the last instance as an operator does. Blocks until then. */
  void stopLast() throws InterruptedException {
    var _ = last().stop(STOP);
  }

  /** How many queries for items the database has counted itself. */
  long queries() throws IOException, SQLException {
    long sum = postgres == null ? 0 : postgres.queries();
    for (H2Items each : h2) {
      sum += each.queries();
    }
    return sum;
  }

  @Override
  public void close() throws IOException {
    instances.forEach(ServerProcess::close);
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}

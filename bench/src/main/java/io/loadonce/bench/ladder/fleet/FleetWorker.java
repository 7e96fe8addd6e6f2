package io.loadonce.bench.ladder.fleet;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.loadonce.db.jdbc.Database;
import io.loadonce.db.jdbc.DatabaseSettings;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.SourceException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.RedisClient;

/**
 * One instance: a process that reads commands from its standard input and answers each with a line.
 * It ends when its input ends.
 *
 * <pre>
 *   connect  REDIS-URL DB-URL DB-USER DB-PASSWORD   connections that all rungs use
 *   open     RUNG QUERY                             a rung with an empty cache; closes the former one
 *   prepare  CALLERS ID,ID,...                      so many callers of each id, which wait
 *   go                                              releases them; answers with a Herd
 *   get      ID                                     answers with the version
 *   invalidate ID
 * </pre>
 */
public final class FleetWorker {

  /** Between the words of a command. */
  static final String TAB = "\t";

  static final String OK = "ok";

  /** The callers who are not answered after this time are interrupted and not counted. */
  static final Duration LIMIT = Duration.ofSeconds(5);

  private static final int CONNECTIONS = 8;

  /** Longer than any scene, so that no caller gives up while it waits for a connection. */
  private static final Duration CONNECTION_WAIT = Duration.ofMinutes(1);

  private String redisUrl = "";
  private @Nullable RedisClient redis;
  private @Nullable Database database;
  private @Nullable Rung rung;
  private @Nullable WorkerHerd herd;

  private FleetWorker() {}

  /** Answers commands until the standard input ends. */
  public static void main(String[] arguments) throws IOException {
    if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
      root.setLevel(Level.WARN);
    }
    PrintStream out = new PrintStream(System.out, /* autoFlush= */ true, StandardCharsets.UTF_8);
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    FleetWorker worker = new FleetWorker();
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      out.println(worker.answer(line).replaceAll("\\s*\\R\\s*", " "));
    }
    System.exit(0);
  }

  private String answer(String line) {
    String[] words = line.split(TAB, -1);
    try {
      return switch (words[0]) {
        case "connect" -> connect(words[1], words[2], words[3], words[4]);
        case "open" -> open(RungKind.valueOf(words[1]), words[2]);
        case "prepare" -> prepare(Integer.parseInt(words[1]), words[2].split(",", -1));
        case "go" -> Objects.requireNonNull(herd).run(LIMIT).line();
        case "get" -> Long.toString(rung().version(Key.of(words[1])));
        case "invalidate" -> invalidate(Key.of(words[1]));
        default -> throw new IllegalArgumentException("no command: " + words[0]);
      };
    } catch (SourceException | InterruptedException | RuntimeException e) {
      return "failed: " + e;
    }
  }

  private String connect(String redisUrl, String url, String user, String password) {
    this.redisUrl = redisUrl;
    redis = RedisClient.create(redisUrl);
    database =
        Database.open(
            DatabaseSettings.of(url, user, password)
                .withPoolSize(CONNECTIONS)
                .withConnectTimeout(CONNECTION_WAIT));
    return OK;
  }

  private String open(RungKind kind, String query) throws InterruptedException {
    if (rung != null) {
      rung.close();
    }
    rung =
        kind.open(
            Objects.requireNonNull(redis),
            redisUrl,
            Objects.requireNonNull(database),
            LookupSettings.of(query).withVersionColumn("version"));
    return OK;
  }

  private String prepare(int callersPerId, String[] ids) throws InterruptedException {
    List<Key> calls = new ArrayList<>();
    for (int caller = 0; caller < callersPerId; caller++) {
      for (String id : ids) {
        calls.add(Key.of(id));
      }
    }
    herd = WorkerHerd.prepare(rung(), calls);
    return OK;
  }

  private String invalidate(Key id) throws InterruptedException {
    rung().invalidate(id);
    return OK;
  }

  private Rung rung() {
    return Objects.requireNonNull(rung);
  }
}

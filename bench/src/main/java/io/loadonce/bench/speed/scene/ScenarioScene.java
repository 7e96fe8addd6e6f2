package io.loadonce.bench.speed.scene;

import com.github.freva.asciitable.AsciiTable;
import io.loadonce.bench.speed.contender.PostgresTable;
import io.loadonce.bench.speed.drive.Metrics;
import io.loadonce.bench.speed.drive.Tool;
import io.loadonce.bench.speed.scene.ScenarioVerdict.Kind;
import io.loadonce.commands.load.Scenario;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * All scenarios of {@code ./loadonce load}, each a process of its own, on H2 and on PostgreSQL:
 * what they say of Loadonce, and what they say of a Loadonce with a planted bug. The queries that
 * the server counts are compared with those that the database counts.
 */
final class ScenarioScene implements Scene {

  private static final String[] HEADS = {
    "scenario", "database", "verdict", "queries", "without load-once", "planted bug", "its queries"
  };

  /** After so many replies of the instance that goes away, failover is under way. */
  private static final long REPLIES_BEFORE_THE_STOP = 50;

  private static final Duration POLL = Duration.ofMillis(50);

  private final Lab lab;

  private ScenarioScene(Lab lab) {
    this.lab = lab;
  }

  static Scene open(Lab lab) {
    return new ScenarioScene(lab);
  }

  /** Runs them once in all rounds: a verdict has no range. */
  @Override
  public void round(int number, Board board)
      throws IOException, InterruptedException, SQLException {
    if (number > 0) {
      return;
    }
    List<Object[]> lines = new ArrayList<>();
    int wrong = 0;
    for (String database : List.of("H2", "PostgreSQL")) {
      PostgresTable table = database.equals("H2") ? null : lab.table();
      List<Ran> right = run(table, /* loadsOnce= */ true);
      List<Ran> planted = run(table, /* loadsOnce= */ false);
      for (int i = 0; i < right.size(); i++) {
        Ran ran = right.get(i);
        Ran bug = planted.get(i);
        lines.add(
            new Object[] {
              ran.scenario,
              database,
              ran.verdict(),
              ran.queries,
              ran.said.alone() < 0 ? "" : ran.said.alone(),
              bug.verdict(),
              bug.queries
            });
        for (Ran each : List.of(ran, bug)) {
          if (!each.isRight()) {
            wrong++;
            board.note(
                "wrong, with %,d queries by the database: %s, %s"
                    .formatted(each.queries, database, each.said.line()));
          }
        }
      }
    }
    board.add(Figure.LOAD_SCENARIOS, wrong);
    board.note(
        AsciiTable.getTable(
            AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS,
            HEADS,
            /* footer= */ null,
            lines.toArray(Object[][]::new)));
  }

  @Override
  public void close() {}

  /**
   * One run of a scenario.
   *
   * @param loadsOnce whether the server is right
   * @param queries by the database
   */
  private record Ran(Scenario scenario, boolean loadsOnce, ScenarioVerdict said, long queries) {

    /** Whether the verdict is right, and the server counts the same queries as the database. */
    boolean isRight() {
      Kind right = loadsOnce ? Kind.PASSED : Kind.FAILED;
      return said.kind() == right && (said.counted() < 0 || said.counted() == queries);
    }

    String verdict() {
      return said.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  private static List<Ran> run(@Nullable PostgresTable table, boolean loadsOnce)
      throws IOException, InterruptedException, SQLException {
    List<Ran> all = new ArrayList<>();
    try (ScenarioStage stage = new ScenarioStage(table, loadsOnce)) {
      for (Scenario scenario : Scenario.values()) {
        long before = stage.queries();
        Tool.Ended ended =
            scenario == Scenario.failover
                ? failover(stage)
                : LoadCommand.run(
                    flags(scenario, "2s", "127.0.0.1:" + stage.first().port(), stage));
        all.add(
            new Ran(
                scenario,
                loadsOnce,
                ScenarioVerdict.of(scenario, ended),
                stage.queries() - before));
      }
    }
    return all;
  }

  private static List<String> flags(
      Scenario scenario, String duration, String target, ScenarioStage stage) {
    return List.of(
        "--scenario",
        scenario.name(),
        "--target",
        target,
        "--admin",
        "http://127.0.0.1:" + stage.first().adminPort(),
        "--lookup",
        "item",
        "--ids",
        "1..10",
        "--callers",
        "50",
        "--duration",
        duration,
        // Its queries are not the scenario's.
        "--warm-up",
        "0s");
  }

  /** Stops the second instance when it answers calls. */
  private static Tool.Ended failover(ScenarioStage stage) throws IOException, InterruptedException {
    String both = "127.0.0.1:%d,127.0.0.1:%d".formatted(stage.first().port(), stage.last().port());
    List<String> flags = new ArrayList<>(flags(Scenario.failover, "8s", both, stage));
    flags.addAll(List.of("--affinity", "1"));
    try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Future<Tool.Ended> ended = thread.submit(() -> LoadCommand.run(flags));
      awaitReplies(stage, ended);
      stage.stopLast();
      return ended.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the load test did not run", e.getCause());
    }
  }

  /** Returns early if the load test has ended; its verdict then says why. */
  private static void awaitReplies(ScenarioStage stage, Future<?> ended)
      throws IOException, InterruptedException {
    long before = replies(stage);
    while (!ended.isDone() && replies(stage) - before < REPLIES_BEFORE_THE_STOP) {
      TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
    }
  }

  private static long replies(ScenarioStage stage) throws IOException, InterruptedException {
    Metrics metrics = Metrics.read(stage.last().adminPort());
    return metrics.lookups("memory") + metrics.lookups("loaded");
  }
}

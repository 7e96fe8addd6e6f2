package io.loadonce.bench.speed;

import io.loadonce.bench.Machine;
import io.loadonce.bench.freshness.Expiry;
import io.loadonce.bench.freshness.Outage;
import io.loadonce.bench.speed.contender.Jvm;
import io.loadonce.bench.speed.engine.EngineRun;
import io.loadonce.bench.speed.memory.MemoryTable;
import io.loadonce.bench.speed.scene.Act;
import io.loadonce.bench.speed.scene.Board;
import io.loadonce.bench.speed.scene.Figure;
import io.loadonce.bench.speed.scene.Lab;
import io.loadonce.bench.speed.scene.SpeedPlan;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code loadonce bench}. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures the speed of the service beside others, each in a process of its own.")
public final class BenchCommand implements Callable<Integer> {

  private static final int FEW_ROWS = 10_000;
  private static final int ALL_ROWS = 3_000_000;

  @Spec private @Nullable CommandSpec spec;

  @ArgGroup private @Nullable Alone alone;

  @Option(
      names = "--quick",
      description = "short run that checks the benchmark itself; its figures are not valid")
  private boolean quick;

  @Option(
      names = "--rounds",
      description = "number of rounds; each contender is measured once in each")
  private @Nullable Integer rounds;

  @Option(names = "--seconds", description = "duration of one measurement, the sum of its laps")
  private @Nullable Double seconds;

  @Option(
      names = "--rows",
      description = "number of rows in the table; an id is requested once while uncached")
  private @Nullable Integer rows;

  @Option(
      names = "--connections",
      description = "number of connections of our driver and of h2load")
  private @Nullable Integer connections;

  @Option(names = "--in-flight", description = "number of calls in flight, for hits")
  private @Nullable Integer inFlight;

  @Option(names = "--write", description = "write the tables into docs/performance.md")
  private boolean write;

  /** The measurements that can run instead of the comparison. */
  private static final class Alone {
    @Option(names = "--engine", description = "measure hits of the engine alone, by JMH")
    private boolean engine;

    @Option(names = "--memory", description = "measure the memory that a row takes")
    private boolean memory;

    @Option(
        names = "--outage",
        description = "measure what callers get during a database outage; takes minutes")
    private boolean outage;

    @Option(
        names = "--expiry",
        description = "measure the queries for rows that expire together; takes minutes")
    private boolean expiry;

    @Option(names = "--only", description = "measure one figure: ${COMPLETION-CANDIDATES}")
    private @Nullable Figure only;
  }

  @Override
  public Integer call() throws IOException, InterruptedException, SQLException, ExecutionException {
    SpeedPlan plan = plan();
    Alone chosen = alone == null ? new Alone() : alone;
    if (chosen.outage || chosen.expiry) {
      measureFreshness(chosen.outage);
      return 0;
    }
    if (chosen.engine) {
      tell("engine", SpeedTable.of(new EngineRun(plan.turn(), plan.turn(), plan.rounds()).hits()));
      return 0;
    }
    if (chosen.memory) {
      tell("memory", MemoryTable.measure(plan.turn(), quick ? FEW_ROWS : ALL_ROWS));
      return 0;
    }
    Board board = new Board(commandSpec().commandLine().getErr());
    try (Lab lab = new Lab(plan)) {
      for (Act act : Act.values()) {
        if (chosen.only == null || act.figures().contains(chosen.only)) {
          play(act, lab, board);
        }
      }
    }
    tell(chosen.only == null ? "speed" : chosen.only.toString(), SpeedTable.of(board));
    return board.failures().isEmpty() ? 0 : 1;
  }

  private void measureFreshness(boolean outage)
      throws IOException, InterruptedException, SQLException, ExecutionException {
    if (write) {
      throw new ParameterException(
          commandSpec().commandLine(), "--write has no table for --outage and --expiry");
    }
    if (outage) {
      print((quick ? Outage.QUICK : Outage.FULL).measure());
    } else {
      print((quick ? Expiry.QUICK : Expiry.FULL).measure());
    }
  }

  private static void play(Act act, Lab lab, Board board)
      throws IOException, InterruptedException, SQLException {
    if (!act.isPossible()) {
      board.say("skipped, because its programs are not installed: " + act);
      return;
    }
    try {
      act.play(lab, board);
    } catch (IllegalStateException e) {
      board.fail(act, e);
    }
  }

  private void tell(String section, String tables) throws IOException {
    print(tables);
    if (write) {
      PrintWriter out = commandSpec().commandLine().getOut();
      Path page = Jvm.projectRoot().resolve("docs/performance.md");
      new PerformancePage(page, Clock.systemUTC()).write(section, commandLine(), tables);
      out.println("written: docs/performance.md, section " + section);
      out.flush();
    }
  }

  private void print(String tables) {
    PrintWriter out = commandSpec().commandLine().getOut();
    out.println(commandLine() + ", " + Machine.describe());
    out.println(tables);
    out.flush();
  }

  private String commandLine() {
    List<String> words = new ArrayList<>(List.of("./loadonce"));
    words.addAll(commandSpec().commandLine().getParseResult().originalArgs());
    return String.join(" ", words);
  }

  private SpeedPlan plan() {
    SpeedPlan known = quick ? SpeedPlan.QUICK : SpeedPlan.FULL;
    try {
      return new SpeedPlan(
          rounds == null ? known.rounds() : rounds,
          seconds == null ? known.turn() : Duration.ofMillis((long) (seconds * 1e3)),
          rows == null ? known.rows() : rows,
          connections == null ? known.connections() : connections,
          inFlight == null ? known.inFlight() : inFlight,
          known.coldInFlight(),
          known.herd());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(commandSpec().commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private CommandSpec commandSpec() {
    if (spec == null) {
      throw new IllegalStateException("only for picocli to run");
    }
    return spec;
  }
}

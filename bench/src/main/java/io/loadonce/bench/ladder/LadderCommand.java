package io.loadonce.bench.ladder;

import io.loadonce.bench.ladder.database.LadderDatabase;
import io.loadonce.bench.ladder.fleet.FleetPlan;
import io.loadonce.bench.ladder.fleet.FleetTable;
import io.loadonce.bench.speed.contender.RedisServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code loadonce ladder}. */
@Command(
    name = "ladder",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = "Compares the usual ways to load a row for many callers, on a real database.")
public final class LadderCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--db-url",
      description = "JDBC URL of an H2 or PostgreSQL database; the default is an embedded H2")
  private @Nullable String dbUrl;

  @Option(
      names = "--db-user",
      description = "database user, who must be allowed to create a schema")
  private String dbUser = "";

  @Option(names = "--db-password-file", description = "file that contains the password of the user")
  private @Nullable Path dbPasswordFile;

  @Option(names = "--postgres", description = "use an embedded PostgreSQL instead of H2")
  private boolean postgres;

  @Option(
      names = "--callers",
      description = "number of callers of one id that is not cached, and of one that fails")
  private int callers = 500;

  @Option(
      names = "--ids",
      description = "number of ids that are not cached, in the scene of many ids")
  private int ids = 200;

  @Option(names = "--callers-per-id", description = "number of callers of each of these ids")
  private int callersPerId = 50;

  @Option(
      names = "--load-ms",
      description = "shortest duration of each query in the database, in ms")
  private int loadMillis = 5;

  @Option(names = "--seed", description = "seed of the order of the callers; random by default")
  private @Nullable Long seed;

  @Option(
      names = "--fleet",
      description =
          "compare the ways for several instances instead: three processes, the redis-server of"
              + " this machine, and an embedded PostgreSQL unless --db-url names one; the options"
              + " for callers, ids, load and seed do not count")
  private boolean fleet;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = commandSpec().commandLine().getOut();
    PrintWriter progress = commandSpec().commandLine().getErr();
    if (fleet) {
      measureFleet(out, progress);
      return 0;
    }
    LadderPlan plan = plan();
    try (LadderDatabase database = open();
        Ladder ladder = new Ladder(database, plan)) {
      List<Measured> rungs = new ArrayList<>();
      for (Step step : Step.LADDER) {
        progress.println("measuring: " + step.name());
        progress.flush();
        rungs.add(ladder.measure(step));
      }
      out.println(heading(database, plan));
      out.println(LadderTable.of(rungs));
      out.flush();
    }
    return 0;
  }

  private void measureFleet(PrintWriter out, PrintWriter progress) throws Exception {
    if (!RedisServer.isInstalled()) {
      throw usage(new IllegalArgumentException("--fleet needs redis-server; install Redis"));
    }
    postgres = true;
    try (LadderDatabase database = open();
        RedisServer redis = RedisServer.start(/* rows= */ 0, /* valueBytes= */ 0)) {
      FleetTable.print(
          database, "redis://127.0.0.1:" + redis.port(), FleetPlan.DEFAULT, out, progress);
    }
  }

  private LadderPlan plan() {
    long seedOrChance = seed == null ? ThreadLocalRandom.current().nextLong(1_000_000) : seed;
    try {
      return new LadderPlan(
          callers, ids, callersPerId, Duration.ofMillis(loadMillis), seedOrChance);
    } catch (IllegalArgumentException e) {
      throw usage(e);
    }
  }

  private LadderDatabase open() throws SQLException, IOException {
    if (dbUrl == null) {
      return postgres ? LadderDatabase.postgres() : LadderDatabase.h2();
    }
    String password = dbPasswordFile == null ? "" : Files.readString(dbPasswordFile).strip();
    try {
      return LadderDatabase.at(new LadderDatabase.Access(dbUrl, dbUser, password));
    } catch (IllegalArgumentException e) {
      throw usage(e);
    }
  }

  private static String heading(LadderDatabase database, LadderPlan plan) {
    return """
    %s, %d processors, Java %s, seed %d
    cold herd: %,d callers of one id; many ids: %,d ids x %,d callers, mixed; a query takes %d ms
    failing: %,d callers of one id whose load fails after %d ms; cut off after %,d ms
    stale reads: reads of the old row after its invalidation has returned, while and after a load\
    """
        .formatted(
            database.product(),
            Runtime.getRuntime().availableProcessors(),
            Runtime.version().feature(),
            plan.seed(),
            plan.callers(),
            plan.ids(),
            plan.callersPerId(),
            plan.load().toMillis(),
            plan.callers(),
            LadderPlan.FAILURE.toMillis(),
            HerdScene.LIMIT.toMillis());
  }

  private ParameterException usage(IllegalArgumentException problem) {
    return new ParameterException(
        commandSpec().commandLine(), String.valueOf(problem.getMessage()), problem);
  }

  private CommandSpec commandSpec() {
    if (spec == null) {
      throw new IllegalStateException("picocli did not set the command");
    }
    return spec;
  }
}

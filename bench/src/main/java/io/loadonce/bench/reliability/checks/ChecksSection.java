package io.loadonce.bench.reliability.checks;

import io.loadonce.bench.reliability.Scores;
import io.loadonce.bench.reliability.Section;
import io.loadonce.bench.speed.contender.Jvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Counts what the last run of all tests has found. It runs no test itself. */
public final class ChecksSection implements Section {

  private static final String SERVER = "server/src/test/java/io/loadonce/server/";
  private static final String DB = "db/src/test/java/io/loadonce/db/";

  private static final String PLANTED = "server/src/test/resources/planted";
  private static final String MUTATIONS = "server/target/pit-reports/mutations.csv";

  /** Where CONTRIBUTING.md tells to keep what the fuzz tests print. */
  private static final String FUZZ_LOG = "target/fuzz.log";

  private static final Set<String> DETECTED =
      Set.of("KILLED", "TIMED_OUT", "MEMORY_ERROR", "RUN_ERROR");

  /** The column of PIT's table that says what became of a mutation. */
  private static final int STATUS_COLUMN = 5;

  private static final double LEAST_MUTATION_SCORE = 0.85;

  /**
   * Inputs of one kind.
   *
   * @param globs the classes of tests that try them
   */
  private record Kind(String name, List<String> globs) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind(
              "on the wire",
              List.of(
                  SERVER
                      + "badinputs/{Bad,Drain,Floods,Held,Http,Ids,Meta,Other,Rows,Time,Unknown}*Test.java")),
          new Kind(
              "limits",
              List.of(SERVER + "limits/*Test.java", SERVER + "ports/OpenStreamsTest.java")),
          new Kind(
              "access and TLS",
              List.of(
                  SERVER + "access/*Test.java",
                  SERVER + "ports/{Access,ClientCertificate,Tls*}Test.java")),
          new Kind(
              "settings and queries",
              List.of(
                  SERVER + "{RefusedSettings,CheckConfig}Test.java",
                  SERVER + "settings/*Test.java",
                  DB + "lookup/{LookupSettings,RowDependence,SelectByIds}Test.java",
                  DB + "jdbc/{DatabaseSettings,QueryCheck*}Test.java")),
          new Kind(
              "faults of the database",
              List.of(
                  SERVER + "faults/*Test.java",
                  DB + "jdbc/{ConnectFailure,ConnectionFault,DatabaseFault,Pooler}Test.java")));

  @Override
  public String name() {
    return "checks";
  }

  @Override
  public String title() {
    return "What the last run of mvn has found on these sources. A bad input on the wire counts as"
        + " expected only if it left at most one log line of fewer than 500 bytes, and another"
        + " connection was served meanwhile.";
  }

  @Override
  public void run(Scores scores, boolean isQuick) throws IOException {
    Path root = Jvm.projectRoot();
    TestReports reports = TestReports.of(root);
    planted(reports.read(List.of("{server,db,client}/**/*BugsTest.java")), root, scores);
    for (Kind kind : KINDS) {
      Found found = reports.read(kind.globs());
      judge(
          "bad inputs that were answered as expected: " + kind.name(),
          found,
          "all",
          found.isWhole(),
          scores);
    }
    mutations(reports, root.resolve(MUTATIONS), scores);
    fuzz(reports, root.resolve(FUZZ_LOG), scores);
  }

  private static void planted(Found found, Path root, Scores scores) throws IOException {
    long planted = 0;
    try (Stream<Path> files = Files.list(root.resolve(PLANTED))) {
      for (Path file : files.toList()) {
        planted +=
            Files.readAllLines(file).stream().filter(line -> line.startsWith("bug: ")).count();
      }
    }
    judge(
        "planted bugs that their tests found",
        found,
        "all %,d".formatted(planted),
        found.isWhole() && found.tests() == planted,
        scores);
  }

  private static void judge(String what, Found found, String bound, boolean holds, Scores scores) {
    if (found.reports().isEmpty()) {
      scores.notRun(what, "no report of these sources; run mvn first");
    } else {
      scores.judge(what, found.text(), bound, holds);
    }
  }

  private static void mutations(TestReports reports, Path csv, Scores scores) throws IOException {
    String what = "mutations of cache, lock and loads that a test found";
    if (!reports.isCurrent(csv)) {
      scores.notRun(what, "no report of these sources");
      return;
    }
    // A line that is cut short counts as a mutation that no test found.
    List<String> statuses =
        Files.readAllLines(csv).stream()
            .map(line -> List.of(line.split(",", -1)))
            .map(columns -> columns.size() > STATUS_COLUMN ? columns.get(STATUS_COLUMN) : "")
            .toList();
    long detected = statuses.stream().filter(DETECTED::contains).count();
    scores.judge(
        what,
        "%,d of %,d".formatted(detected, statuses.size()),
        "at least %.0f %%".formatted(LEAST_MUTATION_SCORE * 100),
        detected > 0 && detected >= statuses.size() * LEAST_MUTATION_SCORE);
  }

  private static void fuzz(TestReports reports, Path file, Scores scores) throws IOException {
    String what = "inputs of the fuzz tests";
    if (!reports.isCurrent(file)) {
      scores.notRun(what, "no report of these sources");
      return;
    }
    FuzzLog log = FuzzLog.parse(Files.readString(file));
    int classes = reports.count("{server,db,client}/**/*FuzzTest.java");
    scores.judge(
        what,
        "%,d, in %d of %d classes; %d failed"
            .formatted(log.inputs(), log.classes(), classes, log.failed()),
        "all classes; 0 failed",
        log.inputs() > 0 && log.classes() == classes && log.failed() == 0);
  }
}

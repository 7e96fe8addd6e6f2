package io.loadonce.server.planted;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.server.RunningService;
import io.loadonce.server.history.FleetFaults;
import io.loadonce.server.history.FleetSubject;
import io.loadonce.server.history.HistoryDatabase;
import io.loadonce.server.history.HistoryPlan;
import io.loadonce.server.history.HistoryRun;
import io.loadonce.server.history.Verdict;
import io.loadonce.server.tier.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bugs that the history over three instances must show. Other bugs are hunted in a JVM for each
 * check; here the instances with the bug are in this one, beside one database and one judge.
 */
@Tag("slow")
class FleetBugsTest {
  /** A history ends with the first read that is wrong; most end before 10,000. */
  private static final int READS = 400_000;

  /** The promise that only a restart of Redis can break; among six faults it comes too seldom. */
  private static final String AFTER_RESTART = "F4";

  private static final long SEED = Long.getLong("fleet.seed", 1);

  private static PlantedCompiler compiler;
  private static HistoryDatabase database;
  private static RedisServer redis;

  @BeforeAll
  static void startServers() throws Exception {
    redis = RedisServer.start();
    database = HistoryDatabase.start(HistoryRun.IDS);
    compiler = new PlantedCompiler(CheckWorker.classPath());
  }

  @AfterAll
  static void stopServers() throws Exception {
    if (redis != null) {
      redis.close();
      database.close();
      compiler.close();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bugs")
  void check_bugPlanted_failsWithTheMessage(PlantedBug bug, @TempDir Path directory)
      throws Exception {
    Path classes = Files.createDirectory(directory.resolve("classes"));
    compiler.compile(bug, classes);
    try (PlantedClassLoader loader = new PlantedClassLoader(classes, CheckWorker.classPath());
        FleetSubject subject =
            FleetSubject.start(database, redis, flags -> instance(loader, flags))) {
      Verdict verdict =
          bug.check().contains("redisFails")
              ? withFaults(subject, bug.promise().equals(AFTER_RESTART))
              : history(subject);
      assertThat(verdict.first()).as(verdict.toString()).contains(bug.failsWith().getFirst());
    }
  }

  static List<PlantedBug> bugs() {
    return PlantedBugs.of("fleet.txt");
  }

  /** The history ends with the first read that is wrong. */
  private static Verdict withFaults(FleetSubject subject, boolean isOnlyRestarted)
      throws Exception {
    try (FleetFaults faults =
        isOnlyRestarted ? FleetFaults.onlyRestarts(redis, SEED) : FleetFaults.start(redis, SEED)) {
      Verdict verdict = history(subject);
      var _ = faults.rounds(); // throws if Redis could not be broken
      return verdict;
    }
  }

  private static Verdict history(FleetSubject subject) throws Exception {
    HistoryPlan plan = HistoryPlan.untilBroken(SEED, READS, /* demands= */ 0);
    return new HistoryRun(plan, database, subject).run();
  }

  /** The service of that class loader; nothing of it but its ports and its end is used here. */
  private static FleetSubject.Instance instance(ClassLoader loader, Map<String, String> flags)
      throws ReflectiveOperationException {
    Class<?> type = loader.loadClass(RunningService.class.getName());
    Object service = type.getMethod("with", Map.class).invoke(null, flags);
    int port = (Integer) type.getMethod("grpcPort").invoke(service);
    String admin = String.valueOf(type.getMethod("admin").invoke(service));
    return new FleetSubject.Instance((AutoCloseable) service, port, admin);
  }
}

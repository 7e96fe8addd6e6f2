package io.loadonce.server.planted;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** As {@link PlantedBugsTest}, for what is given while the database is away. */
@Execution(ExecutionMode.CONCURRENT)
class PlantedOutageBugsTest {
  private static final String LOCK = "server/src/main/java/io/loadonce/server/lock/";
  private static final String LOAD = "server/src/main/java/io/loadonce/server/load/";
  private static final String STALE_TEST = "io.loadonce.server.load.StaleOnErrorTest#";

  @TempDir private Path scratch;

  @ParameterizedTest(name = "{0}")
  @MethodSource("bugs")
  void check_bugPlanted_turnsRed(PlantedBug bug) throws Exception {
    assertThat(bug.runCheck(scratch)).isEqualTo(RunCheck.RED);
  }

  static Stream<PlantedBug> bugs() {
    return Stream.concat(inWhatIsKnown(), inWhoWaits());
  }

  private static Stream<PlantedBug> inWhatIsKnown() {
    return Stream.of(
        new PlantedBug(
            "who could be given an old row waits although the outage is known",
            LOAD + "StaleOnError.java",
            "return isUnreachable ?",
            "return !isOn ?",
            STALE_TEST + "join_knownToBeUnreachable_isStaleAtOnceAndReadAgain"),
        new PlantedBug(
            "an old row is given and not read again",
            LOAD + "LoadOnce.java",
            "      refreshIfDue(id, nowNanos);\n",
            "",
            STALE_TEST + "join_knownToBeUnreachable_isStaleAtOnceAndReadAgain"),
        new PlantedBug(
            "an outage never ends",
            LOAD + "StaleOnError.java",
            "isUnreachable = false;",
            "",
            STALE_TEST + "join_reachedAgain_waitsForTheNewRow"),
        new PlantedBug(
            "a query that was given up ends an outage",
            LOAD + "LoadQueue.java",
            "if (!load.isUnwanted()) {",
            "if (load != null) {",
            STALE_TEST + "join_loadWasGivenUp_saysNothingOfTheDatabase"),
        new PlantedBug(
            "an outage is only known if somebody waited for its end",
            LOAD + "LoadOnce.java",
            "if (!swept.overdue().isEmpty()) {",
            "if (!swept.stranded().isEmpty()) {",
            STALE_TEST + "sweep_hangsWithNobodyWaiting_isKnownToBeUnreachableWhenALoadWouldEnd"),
        new PlantedBug(
            "an older row than is needed is given in an outage",
            LOAD + "FreshnessPolicy.java",
            "|| row.version() < minVersion) {",
            ") {",
            STALE_TEST + "join_versionNeededAndUnreachable_isStaleIfItIsThatNew"));
  }

  private static Stream<PlantedBug> inWhoWaits() {
    return Stream.of(
        new PlantedBug(
            "who could be given an old row waits for a load that hangs",
            LOCK + "Flight.java",
            "O outcome = waiter.settleFor();",
            "O outcome = null;",
            STALE_TEST + "sweep_halfOfThePatienceIsOver_isStaleAndTheLoadGoesOn"),
        new PlantedBug(
            "a load is abandoned because everyone took the old row",
            LOCK + "Flight.java",
            "refreshing |= mayGoOn;",
            "",
            STALE_TEST + "sweep_everyoneTookTheOldRow_loadIsNotAbandoned"),
        new PlantedBug(
            "loads that nobody waits for fill the queue",
            LOCK + "Flight.java",
            "refreshing |= mayGoOn;",
            "refreshing = true;",
            STALE_TEST + "sweep_queueIsFull_loadOfWhoTookTheOldRowIsAbandoned"),
        new PlantedBug(
            "a fenced load goes on for nobody",
            LOCK + "Segment.java",
            "mayRefresh && flight.isRefreshing()",
            "flight.isRefreshing()",
            STALE_TEST + "sweep_refreshIsFenced_isCancelled"),
        new PlantedBug(
            "a refresh that hung is tried again at once",
            LOAD + "LoadOnce.java",
            "      swept.overdue().stream().map(Flight::id).forEach(landing::postponeRefresh);\n",
            "",
            STALE_TEST + "sweep_hangsWithNobodyWaiting_isKnownToBeUnreachableWhenALoadWouldEnd"),
        new PlantedBug(
            "who could be given an old row is refused",
            LOAD + "StaleOnError.java",
            "return old == null ? refused : old;",
            "return refused;",
            STALE_TEST + "join_beyondTheCap_isStaleRatherThanRefused"),
        new PlantedBug(
            "whether an old row may be given is not asked when it is given",
            LOAD + "StaleOnError.java",
            "() -> fromMemory(id, minVersion, nanoClock.getAsLong())",
            "() -> fromMemory(id, minVersion, nowNanos)",
            STALE_TEST + "sweep_tooOldMeanwhile_waitsUntilItsDeadline"));
  }
}

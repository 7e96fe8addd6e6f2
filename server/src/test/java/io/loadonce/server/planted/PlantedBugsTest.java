package io.loadonce.server.planted;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A check that cannot fail is no check: each bug here must turn its check red. */
@Execution(ExecutionMode.CONCURRENT)
class PlantedBugsTest {
  private static final String LOCK = "server/src/main/java/io/loadonce/server/lock/";
  private static final String LOAD = "server/src/main/java/io/loadonce/server/load/";
  private static final String CACHE = "server/src/main/java/io/loadonce/server/cache/";

  private static final String SCHEDULES =
      "io.loadonce.server.concurrency.FlightTableSchedulesTest#";
  private static final String LOCK_TEST = "io.loadonce.server.lock.FlightTableTest#";
  private static final String LOAD_TEST = "io.loadonce.server.load.LoadOnceTest#";
  private static final String LOADERS_TEST = "io.loadonce.server.load.LoadersTest#";
  private static final String FRESH_TEST = "io.loadonce.server.load.FreshnessTest#";
  private static final String CACHE_TEST = "io.loadonce.server.cache.MemoryCacheTest#";

  @TempDir private Path scratch;

  @ParameterizedTest(name = "{0}")
  @MethodSource("bugs")
  void check_bugPlanted_turnsRed(PlantedBug bug) throws Exception {
    assertThat(bug.runCheck(scratch)).isEqualTo(RunCheck.RED);
  }

  @Test
  void check_nothingPlanted_isGreen() throws Exception {
    PlantedBug none =
        new PlantedBug(
            "nothing planted",
            LOCK + "Segment.java",
            "E entry = secondLook.apply(waiter.id());",
            "E entry = secondLook.apply(waiter.id());",
            LOCK_TEST + "join_noFlight_begins");
    assertThat(none.runCheck(scratch)).isEqualTo(RunCheck.GREEN);
  }

  @Test
  void check_noSuchTest_isNotTakenForRed() throws IOException, InterruptedException {
    PlantedBug none =
        new PlantedBug(
            "ran nothing",
            LOCK + "Segment.java",
            "E entry = secondLook.apply(waiter.id());",
            "E entry = null;",
            LOCK_TEST + "noSuchTest");
    assertThat(none.runCheck(scratch)).isNotIn(RunCheck.RED, RunCheck.GREEN);
  }

  static Stream<PlantedBug> bugs() {
    return Stream.of(
            inTheLock(),
            inTheFlight(),
            inTheLoad(),
            inTheQueue(),
            inFreshness(),
            inWhatIsPassedOn(),
            inTheCache(),
            inTheCall())
        .flatMap(bugs -> bugs);
  }

  private static Stream<PlantedBug> inTheLock() {
    return Stream.of(
        new PlantedBug(
            "G1: the second look is left out",
            LOCK + "Segment.java",
            "E entry = secondLook.apply(waiter.id());",
            "E entry = null;",
            SCHEDULES + "get_twoMissTogether_loadOnce"),
        new PlantedBug(
            "G1: the second look is left out, counted in the database",
            LOCK + "Segment.java",
            "E entry = secondLook.apply(waiter.id());",
            "E entry = null;",
            "io.loadonce.server.history.HerdTest#join_missedBeforeTheLoadWasOver_asksForEachIdOnce"),
        new PlantedBug(
            "R1: published after the table was left",
            LOCK + "FlightTable.java",
            "segment(flight.id()).complete(flight, publish, pass);",
            "segment(flight.id()).complete(flight, () -> {}, pass); publish.run();",
            SCHEDULES + "get_twoMissTogether_loadOnce"),
        new PlantedBug(
            "G2: the fence is left out",
            LOCK + "Segment.java",
            "Flight<K, O> flight = flights.remove(id);",
            "Flight<K, O> flight = null;",
            SCHEDULES + "invalidate_duringALoad_nothingOlderIsFoundAfterwards"),
        new PlantedBug(
            "R1: a fenced flight is taken out by id",
            LOCK + "Segment.java",
            "fenced.remove(flight);",
            "fenced.remove(flight); flights.remove(flight.id());",
            SCHEDULES + "invalidate_once_loadsTwiceAtMost"));
  }

  private static Stream<PlantedBug> inTheFlight() {
    return Stream.of(
        new PlantedBug(
            "R3: a waiter that withdraws stays in its flight",
            LOCK + "Flight.java",
            "!over && waiters.remove(waiter)",
            "!over && waiters.contains(waiter)",
            LOCK_TEST + "withdraw_waiting_leavesNoWaiter"),
        new PlantedBug(
            "R3: a waiter withdraws although its answer is on the way",
            LOCK + "Flight.java",
            "!over && waiters.remove(waiter)",
            "waiters.remove(waiter)",
            SCHEDULES + "withdraw_whileItLands_answeredOrWithdrawnNeverBoth"),
        new PlantedBug(
            "R6: the cap for one id is left out",
            LOCK + "Segment.java",
            "underWay.waiters() >= settings.maxWaitersPerId()",
            "underWay.waiters() < 0",
            LOAD_TEST + "join_beyondTheCap_isRefusedWithoutAQuery"),
        new PlantedBug(
            "R6: the total is read and written in two steps",
            LOCK + "FlightTable.java",
            "if (waiters.incrementAndGet() > settings.maxWaiters()) {",
            "int seen = waiters.get(); waiters.set(seen + 1);"
                + " if (seen + 1 > settings.maxWaiters()) {",
            SCHEDULES + "join_atTheCap_neverMoreInsideThanTheCap"),
        new PlantedBug(
            "G5: deadlines are not looked at",
            LOCK + "Segment.java",
            "flight.removeDue(nowNanos, mayGoOn, swept);",
            "",
            LOAD_TEST + "sweep_deadlinePasses_timesOutWhileTheLoadGoesOn"),
        new PlantedBug(
            "G6: a flight is abandoned although someone waits",
            LOCK + "Flight.java",
            "waiters.isEmpty() && nowNanos - emptySinceNanos",
            "nowNanos - emptySinceNanos",
            LOAD_TEST + "join_afterEveryoneLeft_isServedByTheSameQuery"),
        new PlantedBug(
            "R8: the watchdog is asleep",
            LOCK + "Segment.java",
            "flight.ageNanos(nowNanos) >= settings.loadTimeout().toNanos()",
            "false",
            LOAD_TEST + "sweep_loadHangs_failsItAndFreesTheId"),
        new PlantedBug(
            "R8: a publication that throws takes the flight with it",
            LOCK + "Segment.java",
            "publish.run();",
            "try { publish.run(); } finally { flight.end(); }",
            LOCK_TEST + "complete_publicationThrows_flightCanBeCompletedAgain"));
  }

  private static Stream<PlantedBug> inTheLoad() {
    return Stream.of(
        new PlantedBug(
            "G6: the query goes on when nobody waits",
            LOAD + "LoadOnce.java",
            "    queue.cancelUnwanted();\n",
            "",
            LOAD_TEST + "withdraw_everyone_cancelsTheQueryAfterAMoment"),
        new PlantedBug(
            "G7: the error of one id reaches the others of its query",
            LOAD + "LoadQueue.java",
            "outcomeOf(rows.get(flight.id()), tookNanos)",
            "outcomeOf(rows.values().stream()"
                + ".filter(SourceRow.Unusable.class::isInstance).findAny()"
                + ".orElse(rows.get(flight.id())), tookNanos)",
            LOAD_TEST + "join_oneUnusableRowInAQuery_failsThatIdOnly"),
        new PlantedBug(
            "R4: an error is kept",
            LOAD + "Landing.java",
            "case Failed<V> _, Outdated<V> _, Refused<V> _, TimedOut<V> _ -> {",
            "case Failed<V> _, Outdated<V> _, Refused<V> _, TimedOut<V> _ -> {"
                + " cache.fillNotFound(id, readNanos);",
            LOAD_TEST + "join_loadFails_reachesThatFlightAndNobodyElse"),
        new PlantedBug(
            "R8: an Error does not complete the flight",
            LOAD + "LoadQueue.java",
            "catch (Throwable t)",
            "catch (RuntimeException t)",
            LOAD_TEST + "join_loaderThrowsAnError_everyoneHearsOfIt"),
        new PlantedBug(
            "R8: one broken callback keeps the others from their answer",
            LOAD + "Landing.java",
            "catch (RuntimeException | Error e)",
            "catch (java.util.concurrent.CancellationException e)",
            LOAD_TEST + "join_oneCallbackThrows_othersAreAnswered"),
        new PlantedBug(
            "R3: what was abandoned in the queue is asked all the same",
            LOAD + "LoadQueue.java",
            "      waiting.removeIf(Flight::isOver);\n",
            "",
            LOAD_TEST + "join_abandonedInTheQueue_isNeverAsked"),
        new PlantedBug(
            "an id is asked twice in one query",
            LOAD + "LoadQueue.java",
            ".distinct()",
            "",
            LOAD_TEST + "invalidate_whileQueued_idIsAskedOnce"));
  }

  private static Stream<PlantedBug> inTheQueue() {
    return Stream.of(
        new PlantedBug(
            "another loader comes for ids that one who is coming would take",
            LOAD + "LoadQueue.java",
            "source.maxIdsPerQuery()) - coming;",
            "source.maxIdsPerQuery());",
            LOADERS_TEST + "join_whileALoaderIsComing_leavesWithIt"),
        new PlantedBug(
            "a loader that is under way keeps others from coming",
            LOAD + "LoadQueue.java",
            "source.maxIdsPerQuery()) - coming;",
            "source.maxIdsPerQuery()) - coming - loading;",
            LOADERS_TEST + "join_aConnectionIsFree_isTakenAtOnce"),
        new PlantedBug(
            "a loader that comes back takes what another is coming for",
            LOAD + "LoadQueue.java",
            "if (missingLoaders() > 0) {",
            "if (!waiting.isEmpty()) {",
            LOADERS_TEST + "load_endsWhileAnotherLoaderIsComing_leavesTheIdsToThatOne"),
        new PlantedBug(
            "a loader that comes back leaves what nobody is coming for",
            LOAD + "LoadQueue.java",
            "if (missingLoaders() > 0) {",
            "if (missingLoaders() > 1) {",
            LOADERS_TEST + "join_everyConnectionIsInUse_whoComesBackTakesAll"),
        new PlantedBug(
            "more loaders than connections",
            LOAD + "LoadQueue.java",
            "Math.clamp(missingLoaders(), 0, source.connections() - coming - loading)",
            "Math.max(missingLoaders(), 0)",
            LOADERS_TEST + "join_everyConnectionIsInUse_whoComesBackTakesAll"),
        new PlantedBug(
            "a loader that could not start is waited for",
            LOAD + "LoadQueue.java",
            "      coming -= lost;\n",
            "",
            LOADERS_TEST + "join_loaderCannotStart_theSweepStartsOneForAll"),
        new PlantedBug(
            "nobody starts the loader that could not start",
            LOAD + "LoadOnce.java",
            "    queue.startWanted();\n",
            "",
            LOADERS_TEST + "join_loaderCannotStart_theSweepStartsOneForAll"),
        new PlantedBug(
            "a loader that was taken is started as well",
            LOAD + "LoaderThreads.java",
            "    if (!offer(loader)) {",
            "    offer(loader);\n    if (true) {",
            LOADERS_TEST + "execute_aThreadHasNothingToDo_takesItAndOnlyTheNextIsStarted"),
        new PlantedBug(
            "a loader is offered where no thread waits for one",
            LOAD + "LoaderThreads.java",
            "            idle,\n",
            "            new SynchronousQueue<>(),\n",
            LOADERS_TEST + "offer_afterALoaderHasEnded_runsOnItsThread"),
        new PlantedBug(
            "a load begins only where there is a platform thread",
            LOAD + "LoaderThreads.java",
            "      loader.run();\n",
            "",
            LOADERS_TEST + "execute_noPlatformThreadLeft_loadsAllTheSame"));
  }

  private static Stream<PlantedBug> inFreshness() {
    return Stream.of(
        new PlantedBug(
            "G3: an older row is taken for the one that is needed",
            LOAD + "FreshnessPolicy.java",
            "case Entry.Row<V> row when row.version() >= minVersion ->",
            "case Entry.Row<V> row when row.version() >= 0 ->",
            FRESH_TEST + "look_entryBelowTheVersion_isAMiss"),
        new PlantedBug(
            "G3: a flight that read too early is the last word",
            LOAD + "Demand.java",
            "mine.led() || joinedAgain",
            "true",
            FRESH_TEST + "join_flightReadTooEarly_allWhoNeedMoreShareASecondOne"),
        new PlantedBug(
            "G2: not every flight is fenced when all is forgotten",
            LOCK + "Segment.java",
            "      fenced.addAll(flights.values());\n      flights.clear();\n",
            "",
            FRESH_TEST + "invalidateAll_rowsAndFlights_nothingOlderIsFoundAfterwards"),
        new PlantedBug(
            "stale-on-error knows no bound",
            LOAD + "FreshnessPolicy.java",
            "&& pastNanos < settings.staleOnError().toNanos()",
            "",
            FRESH_TEST + "join_databaseUnreachable_oldRowIsGivenAsStaleForAWhile"),
        new PlantedBug(
            "memory is believed although changes are not heard",
            LOAD + "FreshnessPolicy.java",
            "return hearing.isDisconnected()\n",
            "return hearing == null\n",
            FRESH_TEST + "look_changesUnheard_isStaleForAWhileThenAMiss"),
        new PlantedBug(
            "stale-on-error gives what was unheard for too long",
            LOAD + "FreshnessPolicy.java",
            "&& !isBeyondStaleOnDisconnect(row, nowNanos)",
            "",
            FRESH_TEST + "join_unheardForTooLongAndUnreachable_staysFailed"),
        new PlantedBug(
            "R3: a caller who left between two flights joins the second",
            LOAD + "Demand.java",
            "if (!left) {",
            "if (mine != null) {",
            FRESH_TEST + "withdraw_betweenTwoFlights_joinsNoSecondOne"),
        new PlantedBug(
            "a refresh is cancelled because nobody waits for it",
            LOCK + "Segment.java",
            "mayRefresh && flight.isRefreshing()",
            "false",
            FRESH_TEST + "look_refreshed_isTheNewRow"),
        new PlantedBug(
            "a refresh that failed is tried again at once",
            LOAD + "Landing.java",
            "if (flight.isRefreshing()) {",
            "if (id == null) {",
            FRESH_TEST + "look_refreshFailed_isGivenAndTriedAgainLater"));
  }

  private static Stream<PlantedBug> inWhatIsPassedOn() {
    return Stream.of(
        new PlantedBug(
            "G4: a fenced flight keeps a newer row to itself",
            LOAD + "Landing.java",
            "      younger.overtake(FreshnessPolicy.newer(row, younger.overtaken()));\n",
            "",
            FRESH_TEST + "join_fencedFlightReadLater_isNotOlderThanWhatItsWaitersGot"),
        new PlantedBug(
            "G4: a newer row of a fenced flight does not reach memory",
            LOAD + "Landing.java",
            "    cache.raise(id, row.value(), row.version());\n",
            "",
            FRESH_TEST + "look_fencedFlightReadLater_isNotOlderThanWhatItsWaitersGot"),
        new PlantedBug(
            "G2: memory is looked at before it is raised, and forgotten in between",
            LOAD + "Landing.java",
            "    cache.raise(id, row.value(), row.version());\n",
            "    if (cache.get(id) != null) { cache.fill(id, row.value(), row.version(), 0); }\n",
            "io.loadonce.server.issues.RaisedAfterForgottenTest"
                + "#land_memoryIsEmptiedWhileARowIsPassedOn_itStaysForgotten"));
  }

  private static Stream<PlantedBug> inTheCache() {
    return Stream.of(
        new PlantedBug(
            "R5: absences live as long as rows",
            CACHE + "MemoryCache.java",
            "settings.negativeTimeToLive()",
            "settings.timeToLive()",
            LOAD_TEST + "join_noRow_isMissingForTheNegativeTimeToLive"),
        new PlantedBug(
            "G9: absences are not bounded",
            CACHE + "MemoryCache.java",
            ".maximumWeight(settings.maxNegativeBytes())",
            ".maximumWeight(Long.MAX_VALUE)",
            CACHE_TEST + "fillAbsent_floodOfInventedIds_leavesEveryRowInPlace"),
        new PlantedBug(
            "entries that were filled together expire together",
            CACHE + "MemoryCache.java",
            "1 - settings.jitter() * ThreadLocalRandom.current().nextDouble()",
            "1 - settings.jitter()",
            CACHE_TEST + "fill_together_expireSpreadOverTheJitter"));
  }

  private static Stream<PlantedBug> inTheCall() {
    return Stream.of(
        new PlantedBug(
            "a loader writes into what an event loop owns",
            "server/src/main/java/io/loadonce/server/request/UnaryCall.java",
            "ThreadExecutorMap.currentExecutor()",
            "null",
            "io.loadonce.server.request.UnaryCallTest"
                + "#reply_byAnotherThread_isWrittenByTheEventLoopOfTheCall"));
  }
}

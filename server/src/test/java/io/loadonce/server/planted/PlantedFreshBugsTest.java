package io.loadonce.server.planted;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** As {@link PlantedBugsTest}, for what memory must forget. */
class PlantedFreshBugsTest {
  private static final String FRESH = "server/src/main/java/io/loadonce/server/changes/";
  private static final String REQUEST = "server/src/main/java/io/loadonce/server/request/";
  private static final String DB = "db/src/main/java/io/loadonce/db/";

  private static final String TESTS = "io.loadonce.server.changes.";
  private static final String REPEATS = TESTS + "DelayedInvalidationsTest#";
  private static final String INVALIDATE = TESTS + "InvalidateTest#";
  private static final String LISTENER = TESTS + "ChangeListenerTest#";
  private static final String POSTGRES = TESTS + "PostgresListeningTest#";
  private static final String H2 = TESTS + "H2ListeningTest#";

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
            DB + "PostgresTriggers.java",
            "OR cardinality(keys) > {rows} THEN",
            "OR cardinality(keys) > {rows} THEN",
            POSTGRES + "statement_upTo1000Rows_saysEachAndBeyondSaysAll");
    assertThat(none.runCheck(scratch)).isEqualTo(RunCheck.GREEN);
  }

  static Stream<PlantedBug> bugs() {
    return Stream.of(inTheCall(), inTheListener(), inTheDatabase()).flatMap(bugs -> bugs);
  }

  private static Stream<PlantedBug> inTheCall() {
    return Stream.of(
        new PlantedBug(
            "G2: ids are forgotten without a fence for the last of them",
            REQUEST + "InvalidateMethod.java",
            "for (Key id : ids) {",
            "for (Key id : ids.subList(0, ids.size() - 1)) {",
            INVALIDATE + "invalidate_loadUnderWay_waitersAreAnsweredAndNothingOlderIsKept"),
        new PlantedBug(
            "both ids and all are taken for all",
            REQUEST + "InvalidateMethod.java",
            "if (request.getAll() && size > 0) {",
            "if (false) {",
            INVALIDATE + "invalidate_badInput_isInvalidWithOneLineAndForgetsNothing"),
        new PlantedBug(
            "a repetition is refused after the first time",
            FRESH + "DelayedInvalidations.java",
            "if (!reserve(ids)) {",
            "if (!reserve(ids) && action.get() != null) {",
            INVALIDATE + "invalidate_tooManyRepeats_isExhaustedAndForgetsNothing"),
        new PlantedBug(
            "the second time never comes",
            FRESH + "DelayedInvalidations.java",
            "executor.execute(() -> due.forEach(this::run));",
            "due.forEach(repeat -> release(repeat.ids()));",
            INVALIDATE + "invalidate_repeatAfter_forgetsOnceMoreWhenItIsTime"),
        new PlantedBug(
            "what waits for its second time is not bounded",
            FRESH + "DelayedInvalidations.java",
            "if (pendingIds + ids > MAX_PENDING_IDS) {",
            "if (ids > MAX_PENDING_IDS) {",
            REPEATS + "twice_tooManyPending_isRefusedBeforeTheFirstTime"));
  }

  private static Stream<PlantedBug> inTheListener() {
    return Stream.of(
        new PlantedBug(
            "memory is believed before anybody listens",
            FRESH + "ChangeListener.java",
            "loadOnce.feedState().lost(nanoClock.getAsLong());",
            "",
            LISTENER + "start_notYetListening_isDeaf"),
        new PlantedBug(
            "nothing is forgotten when it listens again",
            FRESH + "ChangeListener.java",
            "    if (isFirst) {\n      loadOnce.invalidateAll();\n    }\n",
            "",
            LISTENER + "listen_again_forgetsEverythingBeforeMemoryIsBelieved"),
        new PlantedBug(
            "everything is forgotten before the subscription begins",
            FRESH + "ChangeListener.java",
            "      try (Subscription subscription = feed.subscribe()) {",
            "      loadOnce.invalidateAll(); "
                + "      try (Subscription subscription = feed.subscribe()) { "
                + "        mutex.lock(); listening = true; mutex.unlock(); "
                + "        loadOnce.feedState().connected();",
            LISTENER + "listen_again_forgetsWhatWasLoadedBeforeTheSubscriptionBegan"),
        new PlantedBug(
            "a lost connection is kept quiet about",
            FRESH + "ChangeListener.java",
            "loadOnce.feedState().lost(completeUpToNanos);",
            "",
            LISTENER + "listen_connectionLost_isStaleForAWhileThenAMiss"),
        new PlantedBug(
            "unheard is counted from when it was noticed",
            FRESH + "ChangeListener.java",
            "loadOnce.feedState().lost(completeUpToNanos);",
            "loadOnce.feedState().lost(nanoClock.getAsLong());",
            LISTENER + "watch_noSignForTwoHeartbeats_isDeafSinceTheLastOneWasAskedFor"),
        new PlantedBug(
            "nobody watches the listener",
            FRESH + "ChangeListener.java",
            "silentNanos > MISSED_HEARTBEATS * heartbeatNanos",
            "silentNanos < 0",
            LISTENER + "watch_firstSignNeverComes_triesAgain"),
        new PlantedBug(
            "what cannot be understood is ignored",
            FRESH + "ChangeApplier.java",
            "flushIsPending = true;",
            "",
            LISTENER + "listen_unreadable_forgetsEverythingAtOnceAndThenOnceASecond"),
        new PlantedBug(
            "what cannot be understood empties memory each time",
            FRESH + "ChangeApplier.java",
            "flushDueNanos = nowNanos + BETWEEN_UNREADABLE.toNanos();",
            "",
            LISTENER + "listen_unreadable_forgetsEverythingAtOnceAndThenOnceASecond"),
        new PlantedBug(
            "a change of everything is taken for one of nothing",
            FRESH + "ChangeApplier.java",
            "case Change.Everything _ -> isEverything = true;",
            "case Change.Everything _ -> {}",
            LISTENER + "listen_everythingChanged_isForgotten"));
  }

  private static Stream<PlantedBug> inTheDatabase() {
    return Stream.of(
        new PlantedBug(
            "an update of the key says only the new one",
            DB + "PostgresTriggers.java",
            "UNION SELECT format('%s', {key}) FROM loadonce_old LIMIT",
            "LIMIT",
            POSTGRES + "get_afterEveryKindOfStatement_isFresh"),
        new PlantedBug(
            "a large statement says its first thousand rows",
            DB + "PostgresTriggers.java",
            "OR cardinality(keys) > {rows} THEN",
            "THEN",
            POSTGRES + "statement_upTo1000Rows_saysEachAndBeyondSaysAll"),
        new PlantedBug(
            "nobody looks whether the triggers are there",
            DB + "PostgresSubscription.java",
            "requireTriggers(row.getInt(2));",
            "requireTriggers(PostgresTriggers.NAMES.size());",
            POSTGRES + "listen_triggersGone_isDeafUntilTheyAreBack"),
        new PlantedBug(
            "the listening connection is not put right after a cut",
            FRESH + "ChangeListener.java",
            "    if (isFirst) {\n      loadOnce.invalidateAll();\n    }\n",
            "",
            POSTGRES + "listen_cutDuring1000Updates_nothingIsStaleAfterTheResync"),
        new PlantedBug(
            "H2: a change is said in a transaction of its own, before the commit",
            DB + "H2ChangeTrigger.java",
            "    try (PreparedStatement insert = connection.prepareStatement(insertion)) {",
            "    try (Connection own = java.sql.DriverManager.getConnection( "
                + "            connection.getMetaData().getURL(), \"sa\", \"\"); "
                + "        PreparedStatement insert = own.prepareStatement(insertion)) {",
            H2 + "get_loadedBetweenTheUpdateAndItsCommit_isFreshAfterTheCommit"),
        new PlantedBug(
            "H2: lines are read up to the highest place only, whenever they were committed",
            DB + "H2Subscription.java",
            "while (lines.next()) {",
            "while (lines.next()) { "
                + "        if (lines.getLong(1) < Long.getLong(\"most\", 0)) { continue; } "
                + "        System.setProperty(\"most\", lines.getString(1));",
            H2 + "transactions_committedInAnotherOrder_areAllHeard"));
  }
}

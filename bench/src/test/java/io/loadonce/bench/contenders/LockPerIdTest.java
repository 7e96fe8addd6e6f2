package io.loadonce.bench.contenders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.loadonce.bench.contenders.HeldSource.Held;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The Java article's class takes a lock out of its map that others still wait for. The schedule
 * stands above {@link LockPerId}; here it is, step by step, and beside it two contenders that pass
 * it.
 */
class LockPerIdTest {
  private static final Key ID = Key.of("2988507");

  private final HeldSource source = new HeldSource();

  @Test
  void get_lockRemovedWhileAnotherWaits_twoLoadsOverlap() throws Exception {
    Contender contender = new LockPerId(source);
    Held secondLoad = failFirstLoadWhileAnotherWaits(contender);
    FutureTask<Long> third = new FutureTask<>(() -> contender.get(ID).row().version());
    Thread.ofVirtual().start(third);

    Held thirdLoad = source.awaitQuery();
    assertThat(secondLoad.version()).as("the second load").isNotDone();
    assertThat(thirdLoad.version()).as("the third load, of the same id").isNotDone();

    // Whichever ends last is kept: here the older one.
    thirdLoad.answer(2);
    assertThat(third.get(10, TimeUnit.SECONDS)).isEqualTo(2);
    secondLoad.answer(1);
    await().until(() -> contender.get(ID).row().version() == 1);
  }

  @Test
  void get_sameScheduleWithStriped_thirdCallerWaits() throws Exception {
    thirdCallerWaits(new StripedLock(source));
  }

  @Test
  void get_sameScheduleWithOneLock_thirdCallerWaits() throws Exception {
    thirdCallerWaits(new OneLockSecondLook(source));
  }

  @Test
  void get_ours_failureIsSharedAndNextCallersShareOneLoad() throws Exception {
    try (Contender contender = new Ours(source)) {
      FutureTask<Boolean> first = failingGet(contender);
      Thread.ofVirtual().start(first);
      Held firstLoad = source.awaitQuery();
      FutureTask<Boolean> second = failingGet(contender);
      awaitWaiting(Thread.ofVirtual().start(second));
      firstLoad.fail();
      assertThat(first.get(10, TimeUnit.SECONDS)).isTrue();
      assertThat(second.get(10, TimeUnit.SECONDS)).isTrue();
      assertThat(source.hasAnother()).as("a load for the one who waited").isFalse();

      Thread.ofVirtual().start(new FutureTask<>(() -> contender.get(ID)));
      Held nextLoad = source.awaitQuery();
      awaitWaiting(Thread.ofVirtual().start(new FutureTask<>(() -> contender.get(ID))));
      assertThat(source.hasAnother()).as("a load beside it").isFalse();
      nextLoad.answer(1);
    }
  }

  private void thirdCallerWaits(Contender contender) throws Exception {
    Held secondLoad = failFirstLoadWhileAnotherWaits(contender);
    FutureTask<Answer> third = new FutureTask<>(() -> contender.get(ID));
    awaitWaiting(Thread.ofVirtual().start(third));
    assertThat(source.hasAnother()).as("a load beside the second").isFalse();
    secondLoad.answer(1);
    assertThat(third.get(10, TimeUnit.SECONDS).way()).isEqualTo(Answer.Way.WAITED);
  }

  /** Steps 1 to 3: gives the second caller's load, which is under way. */
  private Held failFirstLoadWhileAnotherWaits(Contender contender) throws Exception {
    FutureTask<Boolean> first = failingGet(contender);
    Thread.ofVirtual().start(first);
    Held firstLoad = source.awaitQuery();
    awaitWaiting(Thread.ofVirtual().start(new FutureTask<>(() -> contender.get(ID))));
    firstLoad.fail();
    assertThat(first.get(10, TimeUnit.SECONDS)).isTrue();
    return source.awaitQuery();
  }

  private static FutureTask<Boolean> failingGet(Contender contender) {
    return new FutureTask<>(
        () -> {
          try {
            contender.get(ID);
            return false;
          } catch (SourceException e) {
            return true;
          }
        });
  }

  private static void awaitWaiting(Thread caller) {
    await()
        .until(
            () ->
                caller.getState() == Thread.State.WAITING
                    || caller.getState() == Thread.State.TIMED_WAITING);
  }
}

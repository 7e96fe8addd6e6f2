package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.server.load.IdHistory.Cause;
import io.loadonce.server.load.IdHistory.Miss;
import io.loadonce.server.load.IdHistory.Missed;
import io.loadonce.server.load.IdHistory.Removal;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Why an id was a miss, which {@code loadonce explain} tells an operator. */
class IdHistoryTest {

  private static final long FRESH_NANOS = 60;

  /** Passes the largest number during the test, as a clock may. */
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1);

  private final IdHistory history = new IdHistory(clock::get);

  @Test
  void lastMiss_nothingHappened_isNull() {
    assertThat(history.lastMiss(7)).isNull();
    history.missedWithoutEntry(7, 5);
    assertThat(history.lastMiss(7)).isEqualTo(new Missed(7, Miss.NOT_CACHED_BEFORE, 5, null));
  }

  @ParameterizedTest
  @EnumSource
  void missedWithoutEntry_idWasRemoved_isMissedForThatReason(Removal removal) {
    history.removed(7, removal);
    long removedNanos = clock.getAndIncrement();
    assertThat(history.missedWithoutEntry(7, clock.get())).hasToString(removal.name());
    assertThat(history.lastMiss(7))
        .isEqualTo(
            new Missed(
                7,
                Miss.valueOf(removal.name()),
                clock.get(),
                new Cause(removedNanos, /* ofEverything= */ false)));
    assertThat(history.missedWithoutEntry(8, 0)).isEqualTo(Miss.NOT_CACHED_BEFORE);
  }

  @Test
  void missedWithoutEntry_everythingWasRemoved_theLastRemovalIsTheReason() {
    history.removed(7, Removal.EVICTED);
    clock.addAndGet(2);
    long removedNanos = clock.get();
    history.removedAll(Removal.INVALIDATED_BY_CHANGE, /* entries= */ 10, FRESH_NANOS);
    assertThat(missOf(7)).isEqualTo(Miss.INVALIDATED_BY_CHANGE);
    assertThat(missOf(8)).isEqualTo(Miss.INVALIDATED_BY_CHANGE);
    assertThat(history.lastMiss(8))
        .isEqualTo(
            new Missed(
                8,
                Miss.INVALIDATED_BY_CHANGE,
                clock.get(),
                new Cause(removedNanos, /* ofEverything= */ true)));

    history.removed(7, Removal.INVALIDATED_BY_CALLER);
    assertThat(missOf(7)).as("at the same moment").isEqualTo(Miss.INVALIDATED_BY_CHANGE);
    clock.addAndGet(1);
    history.removed(7, Removal.INVALIDATED_BY_CALLER);
    assertThat(missOf(7)).isEqualTo(Miss.INVALIDATED_BY_CALLER);
  }

  @Test
  void missedWithoutEntry_everythingWasRemoved_explainsNoMoreMissesThanThereWereEntries() {
    history.removed(7, Removal.EVICTED);
    clock.addAndGet(1);
    history.removedAll(Removal.FEED_CONNECTED, /* entries= */ 2, FRESH_NANOS);
    assertThat(missOf(1)).isEqualTo(Miss.FEED_CONNECTED);
    assertThat(missOf(7)).isEqualTo(Miss.FEED_CONNECTED);
    assertThat(missOf(2)).isEqualTo(Miss.NOT_CACHED_BEFORE);
    assertThat(missOf(7)).isEqualTo(Miss.EVICTED);
  }

  @Test
  void missedWithoutEntry_everythingWasRemovedAndWouldHaveExpired_isNoReason() {
    history.removedAll(Removal.FEED_CONNECTED, /* entries= */ 10, FRESH_NANOS);
    clock.addAndGet(FRESH_NANOS - 1);
    assertThat(missOf(1)).isEqualTo(Miss.FEED_CONNECTED);
    clock.addAndGet(1);
    assertThat(missOf(1)).isEqualTo(Miss.NOT_CACHED_BEFORE);
  }

  @Test
  void removedAll_twice_whatIsLeftOfTheFirstIsAdded() {
    history.removedAll(Removal.INVALIDATED_BY_CHANGE, /* entries= */ 3, FRESH_NANOS);
    assertThat(missOf(1)).isEqualTo(Miss.INVALIDATED_BY_CHANGE);
    clock.addAndGet(1);
    history.removedAll(Removal.INVALIDATED_BY_CALLER, /* entries= */ 1, FRESH_NANOS);
    for (int id = 2; id <= 4; id++) {
      assertThat(missOf(id)).isEqualTo(Miss.INVALIDATED_BY_CALLER);
    }
    assertThat(missOf(5)).isEqualTo(Miss.NOT_CACHED_BEFORE);
  }

  @Test
  void removedAll_nothingWasCached_isNoReason() {
    history.removedAll(Removal.INVALIDATED_BY_CALLER, /* entries= */ 10, FRESH_NANOS);
    clock.addAndGet(1);
    history.removedAll(Removal.FEED_CONNECTED, /* entries= */ 0, FRESH_NANOS);
    assertThat(missOf(1)).as("the one before").isEqualTo(Miss.INVALIDATED_BY_CALLER);
  }

  @Test
  void lastMiss_newerIdTakesThePlace_isNotTakenForTheOlder() {
    int newer = 7 + IdHistory.SLOTS;
    history.removed(7, Removal.EVICTED);
    history.missedWithoutEntry(7, 1);
    history.removed(newer, Removal.INVALIDATED_BY_CALLER);
    history.missedWithoutEntry(newer, 2);
    assertThat(history.lastMiss(7)).isNull();
    assertThat(history.lastMiss(newer)).isNotNull();
    assertThat(history.missedWithoutEntry(7, 3)).isEqualTo(Miss.NOT_CACHED_BEFORE);
  }

  @Test
  void lastMiss_idsOfSpreadHashes_areAllRemembered() {
    assertThat(remembered(i -> i)).isEqualTo(IdHistory.SLOTS);
    assertThat(remembered(i -> i << 16)).as("upper bits").isEqualTo(IdHistory.SLOTS);
  }

  private Miss missOf(int id) {
    return history.missedWithoutEntry(id, clock.get());
  }

  private long remembered(IntUnaryOperator id) {
    int[] ids = IntStream.range(0, IdHistory.SLOTS).map(id).toArray();
    IntStream.of(ids).forEach(each -> history.missedWithoutEntry(each, 0));
    return IntStream.of(ids).filter(each -> history.lastMiss(each) != null).count();
  }
}

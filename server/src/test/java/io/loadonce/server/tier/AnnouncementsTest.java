package io.loadonce.server.tier;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.server.changes.Instances.Reach;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When an invalidation counts as seen by all instances, by a clock that the test moves. */
class AnnouncementsTest {
  private static final Duration HEARTBEAT = Duration.ofSeconds(1);
  private static final Duration BOUND = Duration.ofSeconds(2);

  private final AtomicLong clock = new AtomicLong();
  private final Announcements announcements = new Announcements(BOUND, HEARTBEAT, clock::get);

  @BeforeEach
  void listenUntilAllInstancesAreKnown() {
    announcements.listening();
    pass(Duration.ofSeconds(5));
    announcements.heartbeat("other");
  }

  @Test
  void sent_otherObeys_isReached() {
    CompletableFuture<Reach> reached = send(1);
    announcements.cameBack(1);
    assertThat(reached).isNotDone();
    announcements.obeyed("other", 1);
    assertThat(reached).isCompletedWithValue(new Reach(2, 0, /* isSent= */ true));
  }

  @Test
  void sent_thisInstanceWasSuspended_waitsForTheOther() {
    pass(Duration.ofSeconds(10));
    CompletableFuture<Reach> reached = send(1);
    assertThat(reached).as("what waits in the connection is not read").isNotDone();
    announcements.heartbeat("other");
    announcements.cameBack(1);
    assertThat(reached).as("the other has not obeyed").isNotDone();
    announcements.obeyed("other", 1);
    assertThat(reached).isCompletedWithValue(new Reach(2, 0, /* isSent= */ true));
  }

  @Test
  void sent_anotherHasJustStarted_waitsForItToo() {
    CompletableFuture<Reach> reached = send(1);
    announcements.heartbeat("new");
    announcements.obeyed("other", 1);
    announcements.cameBack(1);
    assertThat(reached).isNotDone();
    announcements.obeyed("new", 1);
    assertThat(reached).isCompletedWithValue(new Reach(3, 0, /* isSent= */ true));
  }

  @Test
  void sent_otherIsSilent_isWaitedOut() {
    CompletableFuture<Reach> reached = send(1);
    announcements.cameBack(1);
    pass(BOUND);
    assertThat(reached).as("the margin has not passed").isNotDone();
    pass(HEARTBEAT);
    assertThat(reached).isCompletedWithValue(new Reach(1, 1, /* isSent= */ true));
  }

  @Test
  void sent_subscriptionIsLost_isWaitedOutAlsoIfAllHaveObeyed() {
    CompletableFuture<Reach> reached = send(1);
    announcements.notListening();
    announcements.obeyed("other", 1);
    assertThat(reached).isNotDone();
    pass(BOUND.plus(HEARTBEAT));
    assertThat(reached).isCompletedWithValue(new Reach(2, 0, /* isSent= */ true));
  }

  @Test
  void sent_hasJustBegunToListen_isWaitedOutForThoseThatItDoesNotKnow() {
    announcements.notListening();
    announcements.listening();
    CompletableFuture<Reach> reached = send(1);
    announcements.cameBack(1);
    announcements.obeyed("other", 1);
    assertThat(reached).isNotDone();
    pass(BOUND.plus(HEARTBEAT));
    assertThat(reached).isCompletedWithValue(new Reach(2, 0, /* isSent= */ true));
  }

  private CompletableFuture<Reach> send(long number) {
    announcements.expect(number);
    return announcements.sent(number);
  }

  private void pass(Duration time) {
    clock.addAndGet(time.toNanos());
    announcements.sweep();
  }
}

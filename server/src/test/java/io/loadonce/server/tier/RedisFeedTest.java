package io.loadonce.server.tier;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.server.changes.Instances.Reach;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What an instance makes of its own messages, without a Redis. */
class RedisFeedTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final AtomicLong clock = new AtomicLong();

  /** Each instance numbers its own invalidations from 1. */
  @Test
  void accept_ownInvalidation_endsTheWaitAndThatOfAnotherDoesNot() {
    Announcements announcements = new Announcements(SECOND.multipliedBy(2), SECOND, clock::get);
    Fleet fleet =
        new Fleet(
            "own",
            "test",
            SECOND,
            /* maxValueBytes= */ 1_000,
            SECOND,
            /* listensToDatabase= */ false);
    RedisConnector connector = new RedisConnector(TierSettings.of("redis://127.0.0.1:1"));
    try (Exchange exchange =
        Exchange.start(connector, List::of, Command.publish("farewell", new byte[0]), clock::get)) {
      RedisFeed feed = new RedisFeed(connector, fleet, List.of(), exchange, announcements);
      announcements.listening();
      clock.addAndGet(SECOND.multipliedBy(10).toNanos());
      announcements.expect(1);
      CompletableFuture<Reach> reached = announcements.sent(1);
      feed.accept(invalidation("other"));
      assertThat(reached).isNotDone();
      feed.accept(invalidation("own"));
      assertThat(reached).isCompletedWithValue(new Reach(1, 0, /* isSent= */ true));
    }
  }

  private static Message invalidation(String instance) {
    return new Message.AllInvalidated(instance, /* number= */ 1, "item", "fingerprint");
  }
}

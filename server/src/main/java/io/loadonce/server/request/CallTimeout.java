package io.loadonce.server.request;

import io.grpc.Context;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The longest time that a call may wait.
 *
 * @param longest also if the call's own deadline is later or missing
 */
record CallTimeout(Duration longest) {

  /** Returns the remaining time of the call that this thread handles; negative if it has passed. */
  Duration remaining() {
    Deadline deadline = Context.current().getDeadline();
    if (deadline == null) {
      return longest;
    }
    long remainingNanos = deadline.timeRemaining(TimeUnit.NANOSECONDS);
    return remainingNanos < longest.toNanos() ? Duration.ofNanos(remainingNanos) : longest;
  }
}

package io.loadonce.server.access;

import io.loadonce.server.log.RateLimitedLog;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.LoggerFactory;

/**
 * Counts the calls and the requests for pages that were refused for lack of a token, a certificate
 * or a right, and logs some of them. Never sees a token. Safe for use by many threads; never
 * blocks.
 */
public final class RefusedCalls {

  private final LongAdder unauthenticated = new LongAdder();
  private final LongAdder denied = new LongAdder();
  private final RateLimitedLog log;

  /**
   * @param nanoClock monotonic, in nanoseconds
   */
  public RefusedCalls(LongSupplier nanoClock) {
    this.log = new RateLimitedLog(LoggerFactory.getLogger(RefusedCalls.class), nanoClock);
  }

  /**
   * A caller has not proved who it is.
   *
   * @param peer its address, for the log
   */
  public void unauthenticated(Object peer) {
    unauthenticated.increment();
    log.warn(
        "a call without a valid token or certificate was refused", " (from " + peer + ")", null);
  }

  /**
   * A known caller lacks a right.
   *
   * @param peer its address, for the log
   */
  public void denied(Caller caller, Right right, Object peer) {
    denied.increment();
    log.warn(
        "a call of %s was refused: it does not have the right %s".formatted(caller.name(), right),
        " (from " + peer + ")",
        null);
  }

  public long countUnauthenticated() {
    return unauthenticated.sum();
  }

  public long countDenied() {
    return denied.sum();
  }
}

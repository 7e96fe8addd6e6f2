package io.loadonce.server.load;

/** How a waiting caller gives up. Safe for use by any thread; never blocks. */
@FunctionalInterface
public interface Withdrawal {

  /**
   * Gives up. The flight goes on for the other waiters.
   *
   * @return true if the caller's callback will not be called; false if it has been, is about to be,
   *     or is dropped because the caller left between two flights
   */
  boolean withdraw();
}

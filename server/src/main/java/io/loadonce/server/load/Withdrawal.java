package io.loadonce.server.load;

/** How a waiting caller gives up. Safe for use by any thread; never blocks. */
@FunctionalInterface
public interface Withdrawal {

  /**
   * Gives up. The flight goes on for the other waiters.
   *
   * @return true if the caller waited, so that its callback will not be called. False if the
   *     callback was called or will be, or if the caller left between two flights; then it is not
   *     called.
   */
  boolean withdraw();
}

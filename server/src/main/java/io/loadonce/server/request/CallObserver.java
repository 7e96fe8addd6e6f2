package io.loadonce.server.request;

import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Sees which calls of the service begin and how they end, after the access file has let them pass;
 * for traces. Must not block and must not throw. Safe for use by many threads.
 *
 * <p>It is not an interceptor of gRPC, because such a one passes a seen call on as an object of
 * another class. The compiler then no longer knows the class of each call on the path of a hit,
 * although one call in a hundred is seen.
 */
public interface CallObserver {

  /** Sees nothing. */
  CallObserver NONE = (_, _) -> null;

  /**
   * A call begins.
   *
   * @param method its full name, such as {@code loadonce.v1.ResourceService/Get}
   * @return null if the call is not seen
   */
  @Nullable Call begins(String method, Metadata headers);

  /** A call that is seen. */
  interface Call {

    /** Runs the method of the call, so that what it begins can find the call by its thread. */
    void run(Runnable handling);

    /**
     * The call ends; called once.
     *
     * @param status {@code CANCELLED} also if gRPC has ended it at its deadline
     */
    void ended(Status.Code status);
  }
}

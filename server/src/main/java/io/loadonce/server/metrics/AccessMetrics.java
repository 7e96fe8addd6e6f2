package io.loadonce.server.metrics;

import io.loadonce.server.access.RefusedCalls;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** The metrics of access control. */
public final class AccessMetrics {

  private AccessMetrics() {}

  /** Registers the counters of refused calls. */
  public static void register(MeterRegistry registry, RefusedCalls refused) {
    register(registry, refused, "unauthenticated", RefusedCalls::countUnauthenticated);
    register(registry, refused, "permission_denied", RefusedCalls::countDenied);
  }

  private static void register(
      MeterRegistry registry,
      RefusedCalls refused,
      String reason,
      ToDoubleFunction<RefusedCalls> count) {
    FunctionCounter.builder("loadonce.access.refusals", refused, count)
        .description(
            "Number of calls and of requests for admin pages that were refused for lack of a valid"
                + " token, a certificate or a right, by reason")
        .tag("reason", reason)
        .register(registry);
  }
}

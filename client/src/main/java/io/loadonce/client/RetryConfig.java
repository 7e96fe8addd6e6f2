package io.loadonce.client;

import io.loadonce.v1.ResourceServiceGrpc;
import java.util.List;
import java.util.Map;

/**
 * What gRPC calls a service config: retry of UNAVAILABLE and nothing else. Each call of the
 * contract may be sent twice without harm, so all of them are retried; none is hedged, since a
 * hedged call asks for an id twice at the moment when the server is slow.
 */
final class RetryConfig {

  /* Back-offs of at most 0.1, 0.2, 0.4 and 0.8 s, each drawn from 80 to 120 % of it by gRPC.
   *
   * Throttling: a failed attempt costs a token and a good one gives back a tenth. With half of the
   * tokens gone nobody retries, so that a server that is down for all sees each call once. */
  private static final String INITIAL_BACKOFF = "0.1s";
  private static final String MAX_BACKOFF = "1s";
  private static final double BACKOFF_MULTIPLIER = 2;
  private static final double MAX_TOKENS = 100;
  private static final double TOKENS_PER_SUCCESS = 0.1;

  private RetryConfig() {}

  /** The config in the form that gRPC takes. */
  static Map<String, Object> forAttempts(int maxAttempts) {
    Map<String, Object> policy =
        Map.of(
            "maxAttempts", (double) maxAttempts,
            "initialBackoff", INITIAL_BACKOFF,
            "maxBackoff", MAX_BACKOFF,
            "backoffMultiplier", BACKOFF_MULTIPLIER,
            "retryableStatusCodes", List.of("UNAVAILABLE"));
    Map<String, Object> service = Map.of("service", ResourceServiceGrpc.SERVICE_NAME);
    return Map.of(
        "methodConfig", List.of(Map.of("name", List.of(service), "retryPolicy", policy)),
        "retryThrottling", Map.of("maxTokens", MAX_TOKENS, "tokenRatio", TOKENS_PER_SUCCESS));
  }
}

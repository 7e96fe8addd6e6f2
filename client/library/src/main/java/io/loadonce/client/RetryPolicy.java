package io.loadonce.client;

import io.loadonce.v1.ResourceServiceGrpc;
import java.util.List;
import java.util.Map;

/**
 * The retry policy, in the form that gRPC calls a service config: calls that end as UNAVAILABLE or
 * RESOURCE_EXHAUSTED are retried, and no others. An overloaded server says after which time. Each
 * call of the contract may be sent twice without harm, so all methods are retried. None is hedged:
 * a hedged call would double the requests just when the server is slow.
 */
final class RetryPolicy {

  /* Back-offs of 0.1, 0.2, 0.4 and 0.8 s, each varied by gRPC by up to 20 %.
   *
   * Throttling: a failed attempt costs one token and a successful one returns a tenth of a token.
   * When half of the tokens are gone, no call is retried until calls succeed again, so a server
   * that fails every call gets each call once. */
  private static final String INITIAL_BACKOFF = "0.1s";
  private static final String MAX_BACKOFF = "1s";
  private static final double BACKOFF_MULTIPLIER = 2;
  private static final double MAX_TOKENS = 100;
  private static final double TOKENS_PER_SUCCESS = 0.1;

  private RetryPolicy() {}

  /** The service config for calls that are sent {@code maxAttempts} times at most. */
  static Map<String, Object> forAttempts(int maxAttempts) {
    Map<String, Object> policy =
        Map.of(
            "maxAttempts", (double) maxAttempts,
            "initialBackoff", INITIAL_BACKOFF,
            "maxBackoff", MAX_BACKOFF,
            "backoffMultiplier", BACKOFF_MULTIPLIER,
            "retryableStatusCodes", List.of("UNAVAILABLE", "RESOURCE_EXHAUSTED"));
    Map<String, Object> service = Map.of("service", ResourceServiceGrpc.SERVICE_NAME);
    return Map.of(
        "methodConfig", List.of(Map.of("name", List.of(service), "retryPolicy", policy)),
        "retryThrottling", Map.of("maxTokens", MAX_TOKENS, "tokenRatio", TOKENS_PER_SUCCESS));
  }
}

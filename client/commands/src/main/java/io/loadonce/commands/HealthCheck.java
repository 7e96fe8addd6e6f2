package io.loadonce.commands;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.loadonce.client.LoadonceException;
import io.loadonce.client.ResourceClient;

/** One call to gRPC's standard health service. */
final class HealthCheck {

  private HealthCheck() {}

  /**
   * Checks that a server answers, whatever it answers: it may be without a health service. Blocks
   * as {@link #statusOf}.
   *
   * @throws LoadonceException if it does not
   */
  static void requireReachable(ResourceClient client) {
    try {
      statusOf(client, "");
    } catch (LoadonceException e) {
      if (e.code() == Status.Code.UNAVAILABLE || e.code() == Status.Code.DEADLINE_EXCEEDED) {
        throw e;
      }
    }
  }

  /**
   * Whether the server accepts calls. Blocks for the deadline of the client at most; is not
   * retried.
   *
   * @param service as the health service of the server knows it; empty for the server as a whole
   * @throws LoadonceException if the server does not answer
   */
  static ServingStatus statusOf(ResourceClient client, String service) {
    try {
      return HealthGrpc.newBlockingStub(client.channel())
          .check(HealthCheckRequest.newBuilder().setService(service).build())
          .getStatus();
    } catch (StatusRuntimeException e) {
      throw LoadonceException.of(e);
    }
  }
}

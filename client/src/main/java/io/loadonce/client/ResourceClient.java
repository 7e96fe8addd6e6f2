package io.loadonce.client;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.BatchGetResult;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.InvalidateResponse;
import io.loadonce.v1.ResourceServiceGrpc;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceBlockingStub;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceFutureStub;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceStub;
import java.util.List;

/**
 * A caller of Loadonce: the generated stubs with the deadline, retry and keep-alive that they lack
 * by themselves. Safe for use by many threads; one client is enough for a process.
 *
 * <p>Each blocking call returns or throws no later than the deadline of the settings, retries
 * included. It throws {@link io.grpc.StatusRuntimeException} with one of the statuses that the
 * contract names; {@link Failure#of(io.grpc.StatusRuntimeException)} tells the reason.
 *
 * <p>Not promised: a retried call may reach another instance, so a version can be older than one
 * that was seen before.
 */
public final class ResourceClient implements AutoCloseable {

  /** The most ids that one {@link #batchGet} or {@link #invalidate} may name. */
  public static final int MAX_IDS_PER_CALL = 1_000;

  private final Connections connections;
  private final ResourceServiceBlockingStub blocking;

  private ResourceClient(Connections connections) {
    this.connections = connections;
    this.blocking = ResourceServiceGrpc.newBlockingStub(connections);
  }

  /**
   * Makes a client. Does not connect: the first call does, so a server that is down shows there.
   *
   * @throws java.io.UncheckedIOException if a file of certificates is named and cannot be read
   */
  public static ResourceClient open(ClientSettings settings) {
    return new ResourceClient(new Connections(settings));
  }

  /** The row of one id and how it came. Blocks. */
  public GetResponse get(String id) {
    return blocking.get(GetRequest.newBuilder().setId(id).build());
  }

  /**
   * A row or a status for each id, in the order of {@code ids}. Blocks. A missing id throws
   * nothing.
   *
   * @param ids 1 to {@link #MAX_IDS_PER_CALL}; the server refuses other numbers
   */
  public List<BatchGetResult> batchGet(List<String> ids) {
    return blocking.batchGet(BatchGetRequest.newBuilder().addAllIds(ids).build()).getResultsList();
  }

  /**
   * Makes the server forget ids, and tells what it hit. Blocks.
   *
   * @param ids 1 to {@link #MAX_IDS_PER_CALL}; the server refuses other numbers
   */
  public InvalidateResponse invalidate(List<String> ids) {
    return blocking.invalidate(InvalidateRequest.newBuilder().addAllIds(ids).build());
  }

  /** Whether the server as a whole takes calls, by its health service. Blocks; is not retried. */
  public ServingStatus health() {
    return HealthGrpc.newBlockingStub(connections)
        .check(HealthCheckRequest.getDefaultInstance())
        .getStatus();
  }

  /** The same calls with futures; the deadline begins with each call. Never blocks. */
  public ResourceServiceFutureStub futures() {
    return ResourceServiceGrpc.newFutureStub(connections);
  }

  /** The same calls with observers; the deadline begins with each call. Never blocks. */
  public ResourceServiceStub observed() {
    return ResourceServiceGrpc.newStub(connections);
  }

  /** For the load test, whose callers stay on one connection each. */
  Connections connections() {
    return connections;
  }

  /**
   * Takes no more calls and waits until those under way are answered, for the deadline at most. A
   * second call does nothing.
   */
  @Override
  public void close() {
    connections.close();
  }
}

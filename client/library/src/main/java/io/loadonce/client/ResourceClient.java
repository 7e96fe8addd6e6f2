package io.loadonce.client;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.BatchGetResult;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.InvalidateResponse;
import io.loadonce.v1.LookupInfo;
import io.loadonce.v1.Resource;
import io.loadonce.v1.ResourceServiceGrpc;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceBlockingStub;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Reads rows through Loadonce, and tells it what to forget.
 *
 * <pre>{@code
 * try (ResourceClient client = ResourceClient.open("127.0.0.1:50051")) {
 *   if (client.get("2988507") instanceof GetResult.Found city) {
 *     System.out.println(city.data().getFieldsOrThrow("name").getStringValue());
 *   }
 * }
 * }</pre>
 *
 * <p><b>Threads.</b> A client is safe for use by many threads, and one is enough for a process: it
 * keeps one connection and sends many calls over it at once.
 *
 * <p><b>Blocking.</b> Each call blocks until the server has answered, and never longer than the
 * deadline of the {@link ClientSettings}, retries included. For calls that do not block, make a
 * generated stub on {@link #channel}.
 *
 * <p><b>Failures.</b> Each call throws {@link LoadonceException}, which says why and whose fault it
 * is. If the deadline passes while a call is being retried, the failure of the last attempt is
 * thrown, not the deadline. An interrupted call is cancelled, throws with code {@code CANCELLED},
 * and leaves the thread interrupted.
 *
 * <p><b>Null.</b> No argument may be null, and no id in a list; a null throws {@link
 * NullPointerException} before anything is sent. Nothing returned is null.
 *
 * <p><b>Not promised.</b> A retried call may reach another instance of the server, so a version can
 * be older than one that was seen before; pass {@code minVersion} where that matters.
 */
public final class ResourceClient implements AutoCloseable {

  /** The most ids that one {@link #batchGet} or {@link #invalidate} may name. */
  public static final int MAX_IDS_PER_CALL = 1_000;

  /** The most that the contract allows for the reply to a batch. gRPC's own default is 4 MiB. */
  private static final int MAX_REPLY_BYTES = 64 << 20;

  private static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(5);

  private final Duration deadline;
  private final ManagedChannel connection;
  private final Channel channel;
  private final ResourceServiceBlockingStub stub;

  private ResourceClient(ClientSettings settings) {
    this.deadline = settings.deadline();
    this.connection = connection(settings);
    this.channel =
        ClientInterceptors.intercept(
            connection,
            new DeadlineInterceptor(deadline, /* retries= */ settings.maxAttempts() > 1));
    this.stub = ResourceServiceGrpc.newBlockingStub(channel);
  }

  /**
   * Makes a client with the default settings, in plaintext. Does not block and does not connect:
   * the first call does, so it is the first call that fails if the server is down.
   *
   * @param target {@code host:port}
   * @throws IllegalArgumentException if the target has another form
   */
  public static ResourceClient open(String target) {
    return open(ClientSettings.forTarget(target));
  }

  /**
   * Makes a client. Does not connect: the first call does. Blocks only to read the file of
   * certificates, if one is named.
   *
   * @throws java.io.UncheckedIOException if that file cannot be read
   */
  public static ResourceClient open(ClientSettings settings) {
    return new ResourceClient(settings);
  }

  /**
   * Reads the row of one id. Blocks.
   *
   * @param id 1 to 256 bytes of UTF-8, in the form of the key column's type
   * @throws LoadonceException if the server cannot tell whether there is a row
   */
  public GetResult get(String id) {
    return get(GetRequest.newBuilder().setId(id).build());
  }

  /**
   * Reads the row of one id, not older than a version that the caller knows of, as after a write.
   * Blocks.
   *
   * @param minVersion the least version that is accepted; the server needs a version column
   * @throws LoadonceException if the server cannot tell whether there is a row; with reason {@code
   *     VERSION_TOO_OLD} if the database has only an older version
   */
  public GetResult get(String id, long minVersion) {
    return get(GetRequest.newBuilder().setId(id).setMinVersion(minVersion).build());
  }

  /**
   * Reads the rows of many ids: one result for each, in the order of {@code ids}. Ids that are not
   * cached are loaded together. Blocks. An id that is missing or fails throws nothing.
   *
   * @param ids 1 to {@link #MAX_IDS_PER_CALL}
   * @throws LoadonceException if the call as a whole fails; with reason {@code INVALID_BATCH} if
   *     there are too many ids or the rows have more than 64 MiB together
   */
  public List<BatchResult> batchGet(List<String> ids) {
    return batchGet(BatchGetRequest.newBuilder().addAllIds(ids).build());
  }

  /**
   * Reads the rows of many ids, as {@link #batchGet(List)}, none older than a version that the
   * caller knows of. Blocks.
   *
   * @param minVersion the least version that is accepted; an id with only an older one fails
   */
  public List<BatchResult> batchGet(List<String> ids, long minVersion) {
    return batchGet(BatchGetRequest.newBuilder().addAllIds(ids).setMinVersion(minVersion).build());
  }

  /**
   * Makes the server forget ids. When this has returned, no later call to the same instance returns
   * a row that was read from the database before. Blocks.
   *
   * @param ids 1 to {@link #MAX_IDS_PER_CALL}
   * @throws LoadonceException if the call fails; with reason {@code INVALID_ID} nothing was
   *     forgotten, with others it may have been. It is safe to call again.
   */
  public Invalidation invalidate(List<String> ids) {
    return invalidate(InvalidateRequest.newBuilder().addAllIds(ids).build());
  }

  /**
   * Makes the server forget ids now, as {@link #invalidate(List)}, and once more later; for a write
   * that becomes visible only after this call, as on a replica that lags. Blocks for the first time
   * only. The second time is lost if the server ends before it.
   *
   * @param repeatAfter when the second time is, from now; more than 0 s and at most 1 minute
   */
  public Invalidation invalidate(List<String> ids, Duration repeatAfter) {
    return invalidate(
        InvalidateRequest.newBuilder()
            .addAllIds(ids)
            .setRepeatAfter(
                com.google.protobuf.Duration.newBuilder()
                    .setSeconds(repeatAfter.getSeconds())
                    .setNanos(repeatAfter.getNano()))
            .build());
  }

  /**
   * Makes the server forget everything, as {@link #invalidate(List)} does for all ids. Blocks. Each
   * id is then loaded again when it is next requested.
   */
  public Invalidation invalidateAll() {
    return invalidate(InvalidateRequest.newBuilder().setAll(true).build());
  }

  /**
   * The connection of this client, for generated stubs: asynchronous calls, or other services of
   * the same server such as its health service. A call on it has the same deadline and limits; only
   * calls of the resource service are retried. It throws {@link StatusRuntimeException}, which
   * {@link LoadonceException#of(StatusRuntimeException)} reads. Does not block. It must not be used
   * after {@link #close}.
   */
  public Channel channel() {
    return channel;
  }

  /**
   * Ends the client. New calls fail; calls under way are awaited for the deadline at most, and are
   * then cancelled. Blocks as long. A second call does nothing. If the thread is interrupted, calls
   * under way are cancelled at once and the thread stays interrupted.
   */
  @Override
  public void close() {
    connection.shutdown();
    try {
      connection.awaitTermination(deadline.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      connection.shutdownNow();
    }
  }

  private GetResult get(GetRequest request) {
    try {
      GetResponse reply = call(stub -> stub.get(request));
      return found(reply.getResource(), reply.getInfo());
    } catch (LoadonceException failure) {
      if (failure.isNotFound()) {
        return new GetResult.NotFound(request.getId());
      }
      throw failure;
    }
  }

  private List<BatchResult> batchGet(BatchGetRequest request) {
    List<BatchGetResult> replies = call(stub -> stub.batchGet(request)).getResultsList();
    List<BatchResult> results = new ArrayList<>(replies.size());
    for (int i = 0; i < replies.size(); i++) {
      results.add(result(request.getIds(i), replies.get(i)));
    }
    return List.copyOf(results);
  }

  private Invalidation invalidate(InvalidateRequest request) {
    InvalidateResponse reply = call(stub -> stub.invalidate(request));
    return new Invalidation(reply.getEntriesRemoved(), reply.getFlightsFenced());
  }

  private <R> R call(Function<ResourceServiceBlockingStub, R> method) {
    try {
      return method.apply(stub);
    } catch (StatusRuntimeException e) {
      throw LoadonceException.of(e);
    }
  }

  private static BatchResult result(String id, BatchGetResult result) {
    if (!result.hasStatus()) {
      return found(result.getResource(), result.getInfo());
    }
    LoadonceException failure = LoadonceException.of(result.getStatus());
    return failure.isNotFound() ? new GetResult.NotFound(id) : new BatchResult.Failed(id, failure);
  }

  private static GetResult.Found found(Resource row, LookupInfo info) {
    return new GetResult.Found(
        row.getId(),
        row.getVersion(),
        row.getData(),
        info.getSource(),
        Duration.ofSeconds(info.getAge().getSeconds(), info.getAge().getNanos()));
  }

  private static ManagedChannel connection(ClientSettings settings) {
    ManagedChannelBuilder<?> builder =
        Grpc.newChannelBuilder(settings.target(), settings.security().credentials())
            .maxInboundMessageSize(MAX_REPLY_BYTES)
            .keepAliveTime(settings.keepAlive().toNanos(), TimeUnit.NANOSECONDS)
            .keepAliveTimeout(KEEP_ALIVE_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
    if (settings.callbacks() == ClientSettings.Callbacks.EVENT_LOOP) {
      builder.directExecutor();
    }
    if (settings.maxAttempts() == 1) {
      return builder.disableRetry().build();
    }
    return builder
        .enableRetry()
        .defaultServiceConfig(RetryPolicy.forAttempts(settings.maxAttempts()))
        .maxRetryAttempts(settings.maxAttempts())
        .build();
  }
}

package io.loadonce.client;

import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.ManagedChannelRegistry.ProviderNotFoundException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.BatchGetResult;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.ListLookupsRequest;
import io.loadonce.v1.Lookup;
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
 * Reads rows through Loadonce, and invalidates them.
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
 * <p><b>Several instances.</b> With {@link ClientSettings#withAffinity} the client keeps a
 * connection to each instance, and sends the calls of an id to the same one. A call that is retried
 * goes to the next instance in the order of its id. An invalidation goes to the instance that comes
 * first for each id; {@link #invalidateAll} reaches one instance.
 *
 * <p><b>Not promised.</b> A retried call may reach another instance of the server, so a version can
 * be older than one that was seen before; pass a {@code minVersion} where that matters.
 */
public final class ResourceClient implements AutoCloseable {

  /** The most ids or keys that one batch or one invalidation may name. */
  public static final int MAX_IDS_PER_CALL = 1_000;

  /** The most that the contract allows for the reply to a batch. gRPC's own default is 4 MiB. */
  private static final int MAX_REPLY_BYTES = 64 << 20;

  private static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(5);

  private final Duration deadline;
  private final ManagedChannel connection;
  private final Channel channel;
  private final ResourceServiceBlockingStub stub;
  private final Affinity affinity;

  private ResourceClient(ClientSettings settings) {
    this.deadline = settings.deadline();
    this.affinity = new Affinity(settings.affinity());
    List<ClientInterceptor> interceptors = new ArrayList<>();
    interceptors.add(new DeadlineInterceptor(deadline, /* retries= */ settings.maxAttempts() > 1));
    settings
        .tokenFile()
        .map(file -> new TokenInterceptor(file, System::nanoTime))
        .ifPresent(interceptors::add);
    this.connection = connection(settings);
    this.channel = ClientInterceptors.intercept(connection, interceptors);
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
   * Makes a client. Does not connect: the first call does. Blocks only to read the files of
   * certificates and of the token, if some are named.
   *
   * @throws java.io.UncheckedIOException if a file cannot be read
   */
  public static ResourceClient open(ClientSettings settings) {
    return new ResourceClient(settings);
  }

  /**
   * Reads the row of one id, of the lookup called {@code default} or the only one. Blocks.
   *
   * @param id 1 to 256 bytes of UTF-8, in the form of the key column's type
   * @throws LoadonceException if the server cannot tell whether there is a row
   */
  public GetResult get(String id) {
    return get(RowKey.of(id), ReadOptions.NONE);
  }

  /**
   * Reads the row of one id, as {@link #get(String)}, of a lookup. Blocks.
   *
   * @throws LoadonceException if the server cannot tell whether there is a row; with reason {@code
   *     UNKNOWN_LOOKUP} if it has no such lookup
   */
  public GetResult get(String lookup, String id) {
    return get(RowKey.of(lookup, id), ReadOptions.NONE);
  }

  /**
   * Reads the row of one key, as {@link #get(String, String)}, if it is as fresh as the options
   * say. Blocks.
   *
   * @throws LoadonceException if the server cannot tell whether there is a row; with reason {@code
   *     VERSION_TOO_OLD} if the database has only an older version; with reason {@code
   *     NOT_IN_MEMORY} if only the cache was read and has no entry
   */
  public GetResult get(RowKey key, ReadOptions options) {
    GetRequest request = Requests.get(key, options);
    try {
      GetResponse reply = call(stub -> affinity.route(stub, key).get(request));
      return found(key, reply.getResource(), reply.getInfo());
    } catch (LoadonceException failure) {
      if (failure.isNotFound()) {
        return new GetResult.NotFound(key);
      }
      throw failure;
    }
  }

  /**
   * Reads the rows of many ids, of the lookup called {@code default} or the only one: one result
   * for each, in the order of {@code ids}. Ids that are not cached are loaded together. Blocks. An
   * id that is missing or fails throws nothing.
   *
   * @param ids 1 to {@link #MAX_IDS_PER_CALL}
   * @throws LoadonceException if the call as a whole fails; with reason {@code INVALID_BATCH} if
   *     there are too many ids
   */
  public List<BatchResult> batchGet(List<String> ids) {
    return batchGet("", ids);
  }

  /** Reads the rows of many ids, as {@link #batchGet(List)}, of a lookup. Blocks. */
  public List<BatchResult> batchGet(String lookup, List<String> ids) {
    return batchGet(keys(lookup, ids), ReadOptions.NONE);
  }

  /**
   * Reads the rows of many keys, as {@link #batchGet(List)}, each of its own lookup. Blocks. A key
   * whose lookup is not known fails alone.
   *
   * @param keys 1 to {@link #MAX_IDS_PER_CALL}
   * @param options for each of the keys
   */
  public List<BatchResult> batchGet(List<RowKey> keys, ReadOptions options) {
    List<List<Integer>> parts = affinity.split(keys);
    if (parts.size() > 1 && keys.size() <= MAX_IDS_PER_CALL) {
      return new SplitBatch(channel, affinity, options).get(keys, parts);
    }
    BatchGetRequest request = Requests.batchGet(keys, options);
    List<BatchGetResult> replies =
        call(stub -> affinity.route(stub, keys).batchGet(request)).getResultsList();
    List<BatchResult> results = new ArrayList<>(replies.size());
    for (int i = 0; i < replies.size(); i++) {
      results.add(result(keys.get(i), replies.get(i)));
    }
    return List.copyOf(results);
  }

  /**
   * Invalidates ids of the lookup called {@code default} or the only one. When this has returned,
   * no later call to the same instance returns a row that was read from the database before.
   * Blocks.
   *
   * @param ids 1 to {@link #MAX_IDS_PER_CALL}
   * @throws LoadonceException if the call fails; with reason {@code INVALID_ID} or {@code
   *     UNKNOWN_LOOKUP} nothing was invalidated, with others it may have been. It is safe to call
   *     again.
   */
  public Invalidation invalidate(List<String> ids) {
    return invalidate("", ids);
  }

  /** Invalidates ids of a lookup, as {@link #invalidate(List)}. Blocks. */
  public Invalidation invalidate(String lookup, List<String> ids) {
    return invalidateKeys(keys(lookup, ids));
  }

  /** Invalidates keys, as {@link #invalidate(List)}, each of its own lookup. Blocks. */
  public Invalidation invalidateKeys(List<RowKey> keys) {
    return invalidate(keys, InvalidateRequest.getDefaultInstance());
  }

  /**
   * Invalidates keys, as {@link #invalidateKeys(List)}, on all instances that share a store.
   * Blocks, with {@code SEEN} for 2 s or so if an instance does not answer.
   */
  public Invalidation invalidateKeys(List<RowKey> keys, Invalidation.Strength strength) {
    return invalidate(keys, strength.options());
  }

  /**
   * Invalidates keys now, as {@link #invalidateKeys(List)}, and once more later; for a write that
   * becomes visible only after this call, as on a replica that lags. Blocks for the first time
   * only. The second time is lost if the server ends before it.
   *
   * @param repeatAfter when the second time is, from now; more than 0 s and at most 1 minute
   */
  public Invalidation invalidateKeys(List<RowKey> keys, Duration repeatAfter) {
    return invalidate(
        keys,
        InvalidateRequest.newBuilder().setRepeatAfter(Requests.duration(repeatAfter)).build());
  }

  /**
   * Invalidates everything of a lookup, as {@link #invalidate(List)} does for all ids. Blocks. Each
   * id is then loaded again when it is next requested.
   *
   * @param lookup empty for the lookup called {@code default}, or the only one
   */
  public Invalidation invalidateAll(String lookup) {
    return invalidateAll(lookup, Invalidation.Strength.SENT);
  }

  /** Invalidates everything of a lookup, on all instances that share a store. Blocks. */
  public Invalidation invalidateAll(String lookup, Invalidation.Strength strength) {
    InvalidateRequest request =
        strength.options().toBuilder().setLookup(lookup).setAll(true).build();
    return Invalidation.of(call(stub -> stub.invalidate(request)));
  }

  /**
   * Returns the lookups of the server, in the order of its settings: names, key columns and times
   * to live. Blocks.
   *
   * @throws LoadonceException if the call fails
   */
  public List<Lookup> listLookups() {
    return call(stub -> stub.listLookups(ListLookupsRequest.getDefaultInstance())).getLookupsList();
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
   * A stub for one call about a key, which goes where {@link #get} sends the key. Use it with
   * generated stubs on {@link #channel}, and for each call anew. Does not block.
   *
   * @return the stub itself if affinity is off
   */
  public <S extends AbstractStub<S>> S route(S stub, RowKey key) {
    return affinity.route(stub, key);
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

  /** Too many keys are sent whole, so that the server refuses them whole. */
  private Invalidation invalidate(List<RowKey> keys, InvalidateRequest options) {
    List<List<Integer>> parts = affinity.split(keys);
    if (parts.size() <= 1 || keys.size() > MAX_IDS_PER_CALL) {
      return invalidatePart(keys, options);
    }
    return parts.stream()
        .map(part -> invalidatePart(part.stream().map(keys::get).toList(), options))
        .reduce(Invalidation::plus)
        .orElseThrow();
  }

  private Invalidation invalidatePart(List<RowKey> keys, InvalidateRequest options) {
    InvalidateRequest request = Requests.invalidate(keys).mergeFrom(options).build();
    return Invalidation.of(call(stub -> affinity.route(stub, keys).invalidate(request)));
  }

  private <R> R call(Function<ResourceServiceBlockingStub, R> method) {
    try {
      return method.apply(stub);
    } catch (StatusRuntimeException e) {
      throw LoadonceException.of(e);
    }
  }

  private static List<RowKey> keys(String lookup, List<String> ids) {
    return ids.stream().map(id -> RowKey.of(lookup, id)).toList();
  }

  static BatchResult result(RowKey key, BatchGetResult result) {
    if (!result.hasStatus()) {
      return found(key, result.getResource(), result.getInfo());
    }
    LoadonceException failure = LoadonceException.of(result.getStatus());
    return failure.isNotFound()
        ? new GetResult.NotFound(key)
        : new BatchResult.Failed(key, failure);
  }

  /** A resource without data is a list, which may be empty. */
  private static GetResult found(RowKey requested, Resource row, LookupInfo info) {
    RowKey key =
        new RowKey(
            requested.lookup(), row.getKeyCount() == 0 ? List.of(row.getId()) : row.getKeyList());
    Duration age = Duration.ofSeconds(info.getAge().getSeconds(), info.getAge().getNanos());
    return row.hasData()
        ? new GetResult.Found(key, row.getVersion(), row.getData(), info.getSource(), age)
        : new GetResult.FoundList(key, row.getVersion(), row.getRowsList(), info.getSource(), age);
  }

  private static ManagedChannel connection(ClientSettings settings) {
    ManagedChannelBuilder<?> builder =
        builder(settings)
            .maxInboundMessageSize(MAX_REPLY_BYTES)
            .keepAliveTime(settings.keepAlive().toNanos(), TimeUnit.NANOSECONDS)
            .keepAliveTimeout(KEEP_ALIVE_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
    if (settings.callbacks() == ClientSettings.Callbacks.EVENT_LOOP) {
      builder.directExecutor();
    }
    if (settings.affinity() > 0) {
      builder.defaultLoadBalancingPolicy(AffinityBalancer.POLICY);
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

  private static ManagedChannelBuilder<?> builder(ClientSettings settings) {
    try {
      return Grpc.newChannelBuilder(
          AddressList.resolvable(settings.target()), settings.security().credentials());
    } catch (ProviderNotFoundException | IllegalArgumentException e) {
      if (settings.security() instanceof Security.Tls tls && !tls.files().isEmpty()) {
        throw tls.unusable(e);
      }
      throw e;
    }
  }
}

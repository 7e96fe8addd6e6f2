package io.loadonce.server.request;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.server.changes.DelayedInvalidations;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.lookup.EncodedRow;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.ResourceServiceGrpc;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The gRPC service of the contract: binds each method of the {@code .proto} to the class that
 * handles it. No method blocks, so that all of them can run on the event loop.
 */
public final class ResourceEndpoint implements BindableService {

  private final OpenCalls openCalls;
  private final GetMethod getMethod;
  private final BatchGetMethod batchGetMethod;
  private final InvalidateMethod invalidateMethod;

  /**
   * @param hasVersionColumn whether rows have versions, so that callers may set min_version
   * @param callTimeout the longest time that a call may wait, also if its own deadline is later
   * @param delayed runs the second of two invalidations; swept by its owner
   * @param nanoClock monotonic, in nanoseconds
   */
  public ResourceEndpoint(
      LoadOnce<Key, EncodedRow> loadOnce,
      KeyColumns key,
      boolean hasVersionColumn,
      Duration callTimeout,
      DelayedInvalidations delayed,
      LongSupplier nanoClock) {
    CallTimeout timeout = new CallTimeout(callTimeout);
    OutcomeStatus statuses = new OutcomeStatus(nanoClock);
    this.openCalls = new OpenCalls(nanoClock, callTimeout.toNanos());
    this.getMethod = new GetMethod(loadOnce, key, hasVersionColumn, timeout, statuses);
    this.batchGetMethod = new BatchGetMethod(loadOnce, key, hasVersionColumn, timeout, statuses);
    this.invalidateMethod = new InvalidateMethod(loadOnce, key, delayed);
  }

  /** Fails the calls whose request did not arrive in time. To be called often, by one thread. */
  public void sweep() {
    openCalls.sweep();
  }

  /** Fails the calls that have no reply yet; for the end of a drain. */
  public void failOpenCalls() {
    openCalls.failAll(
        Reason.SHUTTING_DOWN.status("this server is shutting down; call another instance"));
  }

  /** Returns the generated service, but with the marshallers of this room. */
  @Override
  public ServerServiceDefinition bindService() {
    MethodDescriptor<ReceivedRequest<ParsedGet>, WireMessage> get =
        onTheWire(ResourceServiceGrpc.getGetMethod(), ParsedGet::of);
    MethodDescriptor<ReceivedRequest<ParsedBatchGet>, WireMessage> batchGet =
        onTheWire(ResourceServiceGrpc.getBatchGetMethod(), ParsedBatchGet::of);
    MethodDescriptor<ReceivedRequest<InvalidateRequest>, WireMessage> invalidate =
        onTheWire(ResourceServiceGrpc.getInvalidateMethod(), InvalidateRequest::parseFrom);
    ServiceDescriptor service =
        ServiceDescriptor.newBuilder(ResourceServiceGrpc.SERVICE_NAME)
            .setSchemaDescriptor(ResourceServiceGrpc.getServiceDescriptor().getSchemaDescriptor())
            .addMethod(get)
            .addMethod(batchGet)
            .addMethod(invalidate)
            .build();
    return ServerServiceDefinition.builder(service)
        .addMethod(get, UnaryCall.handler(getMethod, openCalls))
        .addMethod(batchGet, UnaryCall.handler(batchGetMethod, openCalls))
        .addMethod(invalidate, UnaryCall.handler(invalidateMethod, openCalls))
        .build();
  }

  /** Keeps the method's name and schema, which reflection needs, and replaces its marshallers. */
  private static <Q> MethodDescriptor<ReceivedRequest<Q>, WireMessage> onTheWire(
      MethodDescriptor<?, ?> generated, ReceivedRequest.Reader<Q> reader) {
    return generated.toBuilder(ReceivedRequest.marshaller(reader), WireStream.MARSHALLER).build();
  }
}

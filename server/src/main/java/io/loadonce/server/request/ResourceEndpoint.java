package io.loadonce.server.request;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.loadonce.server.access.Caller;
import io.loadonce.server.changes.DelayedInvalidations;
import io.loadonce.server.changes.Instances;
import io.loadonce.server.lookup.Lookups;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.ListLookupsRequest;
import io.loadonce.v1.ResourceServiceGrpc;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The gRPC service of the contract: binds each method of the {@code .proto} to the class that
 * handles it. No method blocks, so that all of them can run on the event loop.
 */
public final class ResourceEndpoint implements BindableService {

  private final OpenCalls openCalls;
  private final CallCounts counts = new CallCounts();
  private final Connections connections;
  private final Duration callTimeout;
  private final GetMethod getMethod;
  private final BatchGetMethod batchGetMethod;
  private final InvalidateMethod invalidateMethod;
  private final ListLookupsMethod listLookupsMethod;

  /**
   * @param callTimeout the longest time that a call may wait, also if its own deadline is later
   * @param connections swept by this
   * @param delayed runs the second of two invalidations; swept by its owner
   * @param instances the other instances, which must invalidate too
   * @param nanoClock monotonic, in nanoseconds
   */
  public ResourceEndpoint(
      Lookups lookups,
      Duration callTimeout,
      Connections connections,
      DelayedInvalidations delayed,
      Instances instances,
      LongSupplier nanoClock) {
    CallTimeout timeout = new CallTimeout(callTimeout);
    OutcomeStatus statuses = new OutcomeStatus(nanoClock);
    this.connections = connections;
    this.callTimeout = callTimeout;
    this.openCalls = new OpenCalls(nanoClock, callTimeout.toNanos());
    this.getMethod = new GetMethod(lookups, timeout, statuses);
    this.batchGetMethod = new BatchGetMethod(lookups, timeout, statuses);
    this.invalidateMethod = new InvalidateMethod(lookups, delayed, instances);
    this.listLookupsMethod = new ListLookupsMethod(lookups);
  }

  /**
   * Fails the calls whose request did not arrive in time, and closes the connections that do not
   * take their replies. To be called often, by one thread.
   */
  public void sweep() {
    openCalls.sweep();
    connections.sweep();
  }

  /** Returns the longest time that a call may wait. */
  public Duration callTimeout() {
    return callTimeout;
  }

  public CallCounts counts() {
    return counts;
  }

  public Connections connections() {
    return connections;
  }

  /** Returns whether no call is open and no reply waits to be taken. */
  public boolean isIdle() {
    return openCalls.isEmpty() && connections.areRead();
  }

  /** Fails the calls that have no reply yet; for the end of a drain. */
  public void failOpenCalls() {
    openCalls.failAll(
        Reason.SHUTTING_DOWN.status("this server is shutting down; call another instance"));
  }

  /** Returns the service for everyone. */
  @Override
  public ServerServiceDefinition bindService() {
    return bindService(() -> Caller.ANYONE, CallObserver.NONE);
  }

  /**
   * Returns the generated service, but with the marshallers of this room.
   *
   * @param caller returns the caller of the call that begins
   */
  public ServerServiceDefinition bindService(Supplier<Caller> caller, CallObserver observer) {
    MethodDescriptor<ReceivedRequest<ParsedGet>, WireMessage> get =
        onTheWire(ResourceServiceGrpc.getGetMethod(), ParsedGet::of);
    MethodDescriptor<ReceivedRequest<ParsedBatchGet>, WireMessage> batchGet =
        onTheWire(ResourceServiceGrpc.getBatchGetMethod(), ParsedBatchGet::of);
    MethodDescriptor<ReceivedRequest<InvalidateRequest>, WireMessage> invalidate =
        onTheWire(ResourceServiceGrpc.getInvalidateMethod(), InvalidateRequest::parseFrom);
    MethodDescriptor<ReceivedRequest<ListLookupsRequest>, WireMessage> listLookups =
        onTheWire(ResourceServiceGrpc.getListLookupsMethod(), ListLookupsRequest::parseFrom);
    ServiceDescriptor service =
        ServiceDescriptor.newBuilder(ResourceServiceGrpc.SERVICE_NAME)
            .setSchemaDescriptor(ResourceServiceGrpc.getServiceDescriptor().getSchemaDescriptor())
            .addMethod(get)
            .addMethod(batchGet)
            .addMethod(invalidate)
            .addMethod(listLookups)
            .build();
    return ServerServiceDefinition.builder(service)
        .addMethod(get, handler(CallCounts.Method.GET, getMethod, caller, observer))
        .addMethod(batchGet, handler(CallCounts.Method.BATCH_GET, batchGetMethod, caller, observer))
        .addMethod(
            invalidate, handler(CallCounts.Method.INVALIDATE, invalidateMethod, caller, observer))
        .addMethod(
            listLookups,
            handler(CallCounts.Method.LIST_LOOKUPS, listLookupsMethod, caller, observer))
        .build();
  }

  private <Q> ServerCallHandler<ReceivedRequest<Q>, WireMessage> handler(
      CallCounts.Method name,
      UnaryCall.Method<Q> method,
      Supplier<Caller> caller,
      CallObserver observer) {
    return UnaryCall.handler(method, openCalls, counts.of(name), caller, observer);
  }

  /** Keeps the method's name and schema, which reflection needs, and replaces its marshallers. */
  private static <Q> MethodDescriptor<ReceivedRequest<Q>, WireMessage> onTheWire(
      MethodDescriptor<?, ?> generated, ReceivedRequest.Reader<Q> reader) {
    return generated.toBuilder(ReceivedRequest.marshaller(reader), WireStream.MARSHALLER).build();
  }
}

package io.loadonce.server.request;

import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.loadonce.db.lookup.InvalidIdException;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.load.Withdrawal;
import io.loadonce.v1.BatchGetResult;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.ResourceServiceGrpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The service of the contract. Checks ids, asks {@link LoadOnce}, and writes what it says; never
 * blocks, so that it can run on the event loop.
 */
public final class ResourceEndpoint implements BindableService {

  /** The most ids that one BatchGet or Invalidate takes. */
  public static final int MAX_IDS = 1_000;

  private final LoadOnce<Key, EncodedRow> loadOnce;
  private final KeyType keyType;
  private final Duration callTimeout;
  private final OpenCalls openCalls;
  private final InvalidateMethod invalidateMethod;
  private final FailureLog failures;

  /**
   * @param callTimeout the most that a call may take, whatever its own deadline
   * @param nanoClock monotonic, in nanoseconds
   */
  public ResourceEndpoint(
      LoadOnce<Key, EncodedRow> loadOnce,
      KeyType keyType,
      Duration callTimeout,
      LongSupplier nanoClock) {
    this.loadOnce = loadOnce;
    this.keyType = keyType;
    this.callTimeout = callTimeout;
    this.openCalls = new OpenCalls(nanoClock, callTimeout.toNanos());
    this.invalidateMethod = new InvalidateMethod(loadOnce, keyType, nanoClock);
    this.failures = new FailureLog(nanoClock);
  }

  /**
   * Ends the calls whose request does not arrive, and starts the repetitions that are due. To be
   * called often, by one thread.
   */
  public void sweep() {
    openCalls.sweep();
    invalidateMethod.sweep();
  }

  /** Fails the calls that are not answered; for the end of a drain. */
  public void failOpenCalls() {
    openCalls.failAll(Reason.SHUTTING_DOWN.status("the server ends; ask another instance"));
  }

  /** The generated service, with the marshallers of this room in place of the generated ones. */
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
        .addMethod(get, UnaryCall.handler(this::get, openCalls))
        .addMethod(batchGet, UnaryCall.handler(this::batchGet, openCalls))
        .addMethod(invalidate, UnaryCall.handler(invalidateMethod, openCalls))
        .build();
  }

  private void get(ParsedGet query, UnaryCall<ParsedGet> call) {
    Key id;
    try {
      id = keyType.parse(query.id());
    } catch (InvalidIdException e) {
      call.fail(invalid(e));
      return;
    }
    Outcome<EncodedRow> hit = loadOnce.look(id, query.minVersion());
    if (hit != null) {
      answer(call, hit);
      return;
    }
    Duration patience = patience();
    call.onCancel(
        loadOnce.join(id, query.minVersion(), patience, outcome -> answer(call, outcome)),
        Withdrawal::withdraw);
  }

  private void batchGet(ParsedBatchGet query, UnaryCall<ParsedBatchGet> call) {
    int size = query.ids().size();
    if (size < 1 || size > MAX_IDS) {
      call.fail(invalidBatch(size));
      return;
    }
    Duration patience = patience();
    BatchLookup batch = new BatchLookup(call, size);
    List<Key> ids = new ArrayList<>(size);
    int[] places = new int[size];
    for (int place = 0; place < size; place++) {
      try {
        ids.add(keyType.parse(query.ids().get(place)));
        places[ids.size() - 1] = place;
      } catch (InvalidIdException e) {
        batch.fill(place, failed(invalid(e)));
      }
    }
    call.onCancel(
        loadOnce.getAll(
            ids,
            query.minVersion(),
            patience,
            (outcome, i) -> batch.fill(places[i], result(outcome))),
        all -> all.forEach(Withdrawal::withdraw));
  }

  private void answer(UnaryCall<ParsedGet> call, Outcome<EncodedRow> outcome) {
    if (outcome instanceof Outcome.Found<EncodedRow> found) {
      call.reply(GetReply.of(found));
      return;
    }
    call.fail(status(outcome));
  }

  private WireMessage result(Outcome<EncodedRow> outcome) {
    return outcome instanceof Outcome.Found<EncodedRow> found
        ? GetReply.of(found)
        : failed(status(outcome));
  }

  private com.google.rpc.Status status(Outcome<EncodedRow> outcome) {
    if (outcome instanceof Outcome.Failed<EncodedRow> failed) {
      failures.add(failed.reason());
    }
    return OutcomeStatus.of(outcome);
  }

  /** How long this call may still wait: by its own deadline, and by the server's. */
  private Duration patience() {
    Deadline deadline = Context.current().getDeadline();
    if (deadline == null) {
      return callTimeout;
    }
    long leftNanos = deadline.timeRemaining(TimeUnit.NANOSECONDS);
    return leftNanos < callTimeout.toNanos() ? Duration.ofNanos(leftNanos) : callTimeout;
  }

  private static WireMessage failed(com.google.rpc.Status status) {
    return new WireMessage.Generated(BatchGetResult.newBuilder().setStatus(status).build());
  }

  static com.google.rpc.Status invalid(InvalidIdException mistake) {
    String text = mistake.getMessage();
    return Reason.INVALID_ID.status(text == null ? "the id is not valid" : text);
  }

  static com.google.rpc.Status invalidBatch(int size) {
    return Reason.INVALID_BATCH.status(
        "a request names 1 to %,d ids, not %,d".formatted(MAX_IDS, size));
  }

  /** Same name, same schema, so that reflection finds it; other marshallers. */
  private static <Q> MethodDescriptor<ReceivedRequest<Q>, WireMessage> onTheWire(
      MethodDescriptor<?, ?> generated, ReceivedRequest.Reader<Q> reader) {
    return generated.toBuilder(ReceivedRequest.marshaller(reader), WireStream.MARSHALLER).build();
  }
}

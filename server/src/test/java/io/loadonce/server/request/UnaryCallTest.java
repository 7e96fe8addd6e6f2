package io.loadonce.server.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.CodedOutputStream;
import io.grpc.Attributes;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.loadonce.server.access.Caller;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.LookupInfo;
import io.loadonce.v1.ResourceServiceGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** On which thread a reply is written, and how a call ends if something goes wrong. */
class UnaryCallTest {

  private static final long TIMEOUT_SECONDS = 20;

  private static final GetResponse REPLY =
      GetResponse.newBuilder().setInfo(LookupInfo.getDefaultInstance()).build();

  private final CallCounts counts = new CallCounts();

  /** The thread that ran the method, which is the event loop. */
  private final CompletableFuture<Thread> handled = new CompletableFuture<>();

  /** The thread that wrote the reply into the transport's buffer. */
  private final CompletableFuture<Thread> wrote = new CompletableFuture<>();

  /** The event loop of a call comes from an internal class of Netty; this fails if it changes. */
  @Test
  void reply_byAnotherThread_isWrittenByTheEventLoopOfTheCall() throws Exception {
    GetResponse reply =
        call(
            (_, call) -> {
              handled.complete(Thread.currentThread());
              Thread.ofPlatform().start(() -> call.reply(new Watched()));
            });

    assertThat(reply).isEqualTo(REPLY);
    assertThat(wrote).isCompleted();
    assertThat(wrote.join()).isSameAs(handled.join());
  }

  /**
   * Whatever is wrong with this service, its caller is answered. Once, such calls were missing in
   * the counts of ended calls, and an alert on INTERNAL could not see them.
   */
  @Test
  void run_throws_failsTheCallAsInternalAndCountsIt() {
    UnaryCall.Method<ParsedGet> atOnce =
        (_, _) -> {
          throw new IllegalStateException("planted");
        };
    UnaryCall.Method<ParsedGet> inALaterTurn =
        (_, call) -> {
          Turns.take(call, Turns.IDS_PER_TURN, () -> {});
          Turns.take(call, 1, UnaryCallTest::fail);
        };
    UnaryCall.Method<ParsedGet> onAnotherThread =
        (_, call) -> Thread.ofPlatform().start(() -> call.run(UnaryCallTest::fail));

    assertThat(List.of(atOnce, inALaterTurn, onAnotherThread))
        .allSatisfy(
            method ->
                assertThatThrownBy(() -> call(method))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageStartingWith("INTERNAL: the service has a fault"));
    assertThat(counts.ended(CallCounts.Method.GET, "INTERNAL")).isEqualTo(3);
  }

  @Test
  void reply_callerHasLeft_givesItsRoomBack() throws Exception {
    CompletableFuture<UnaryCall<?>> begun = new CompletableFuture<>();
    try (Running running = new Running((_, call) -> begun.complete(call))) {
      ListenableFuture<GetResponse> answer = running.ask();
      UnaryCall<?> call = begun.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      answer.cancel(/* mayInterruptIfRunning= */ true);
      await().until(() -> !call.isOpen());
      call.reply(new WireMessage.Generated(REPLY));

      assertThat(Objects.requireNonNull(call.connection()).heldBytes()).isZero();
    }
  }

  /** The reply has been handed to the event loop, which learns first that the client has left. */
  @Test
  void reply_callerLeavesBeforeItIsWritten_isCountedAsCancelled() throws Exception {
    UnaryCall.Method<ParsedGet> method =
        (_, call) -> {
          CompletableFuture.runAsync(() -> call.reply(new WireMessage.Generated(REPLY))).join();
          call.onCancel();
        };
    try (Running running = new Running(method)) {
      ListenableFuture<GetResponse> _ = running.ask();

      await()
          .untilAsserted(
              () -> assertThat(counts.ended(CallCounts.Method.GET, "CANCELLED")).isOne());
      assertThat(counts.ended(CallCounts.Method.GET, "OK")).isZero();
    }
  }

  private static void fail() {
    throw new IllegalStateException("planted");
  }

  private GetResponse call(UnaryCall.Method<ParsedGet> method) throws Exception {
    try (Running running = new Running(method)) {
      return running.ask().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof StatusRuntimeException status ? status : e;
    }
  }

  /** A server with one method, and a client. */
  private final class Running implements AutoCloseable {
    private final Server server;
    private final ManagedChannel channel;

    Running(UnaryCall.Method<ParsedGet> method) throws IOException {
      OpenCalls open = new OpenCalls(System::nanoTime, TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS));
      MethodDescriptor<ReceivedRequest<ParsedGet>, WireMessage> get =
          ResourceServiceGrpc.getGetMethod().toBuilder(
                  ReceivedRequest.marshaller(ParsedGet::of), WireStream.MARSHALLER)
              .build();
      server =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .directExecutor()
              .addTransportFilter(new WithConnection())
              .addService(
                  ServerServiceDefinition.builder(ResourceServiceGrpc.SERVICE_NAME)
                      .addMethod(
                          get,
                          UnaryCall.handler(
                              method,
                              open,
                              counts.of(CallCounts.Method.GET),
                              () -> Caller.ANYONE,
                              CallObserver.NONE))
                      .build())
              .build()
              .start();
      channel =
          NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
    }

    ListenableFuture<GetResponse> ask() {
      return ResourceServiceGrpc.newFutureStub(channel)
          .get(GetRequest.newBuilder().setId("1").build());
    }

    @Override
    public void close() {
      channel.shutdownNow();
      server.shutdownNow();
    }
  }

  /** Gives each connection its budget, as the gRPC port does. */
  private static final class WithConnection extends ServerTransportFilter {
    private final Connections connections =
        new Connections(ConnectionLimits.DEFAULTS, System::nanoTime);

    @Override
    public Attributes transportReady(Attributes attributes) {
      return attributes.toBuilder()
          .set(
              Connection.KEY,
              Objects.requireNonNull(
                  connections.open(
                      new ConnectionsTest.TestClient("a", new AtomicInteger(), new AtomicLong()))))
          .build();
    }
  }

  /** A reply that records which thread writes it. */
  private final class Watched implements WireMessage {
    private final WireMessage reply = new WireMessage.Generated(REPLY);

    @Override
    public int sizeBytes() {
      return reply.sizeBytes();
    }

    @Override
    public void writeTo(CodedOutputStream out) throws IOException {
      wrote.complete(Thread.currentThread());
      reply.writeTo(out);
    }
  }
}

package io.loadonce.server.request;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedOutputStream;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** On which thread a reply is written. */
class UnaryCallTest {

  private static final long TIMEOUT_SECONDS = 20;

  private static final GetResponse REPLY =
      GetResponse.newBuilder().setInfo(LookupInfo.getDefaultInstance()).build();

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

  private static GetResponse call(UnaryCall.Method<ParsedGet> method) throws IOException {
    OpenCalls open = new OpenCalls(System::nanoTime, TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS));
    MethodDescriptor<ReceivedRequest<ParsedGet>, WireMessage> get =
        ResourceServiceGrpc.getGetMethod().toBuilder(
                ReceivedRequest.marshaller(ParsedGet::of), WireStream.MARSHALLER)
            .build();
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .addService(
                ServerServiceDefinition.builder(ResourceServiceGrpc.SERVICE_NAME)
                    .addMethod(
                        get,
                        UnaryCall.handler(
                            method,
                            open,
                            new CallCounts().of(CallCounts.Method.GET),
                            () -> Caller.ANYONE))
                    .build())
            .build()
            .start();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
    try {
      return ResourceServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS)
          .get(GetRequest.newBuilder().setId("1").build());
    } finally {
      channel.shutdownNow();
      server.shutdownNow();
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

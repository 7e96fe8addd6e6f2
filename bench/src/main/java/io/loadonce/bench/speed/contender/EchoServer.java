package io.loadonce.bench.speed.contender;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.util.ResourceLeakDetector;
import io.loadonce.server.ports.PortLimits;
import io.loadonce.v1.ResourceServiceGrpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A bare echo, the upper limit: a port with Loadonce's transport settings that answers every
 * request with the same bytes and reads nothing. No server on this machine can do less work.
 */
public final class EchoServer {

  private EchoServer() {}

  /**
   * @param reply the bytes of each reply
   */
  public static ServerProcess start(byte[] reply) throws IOException, InterruptedException {
    return ServerProcess.java(EchoServer.class, List.of(Base64.getEncoder().encodeToString(reply)));
  }

  /** Runs until the process is ended. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Server server = open(Base64.getDecoder().decode(arguments[0]));
    System.out.println("ready grpc=127.0.0.1:" + server.getPort());
    server.awaitTermination();
  }

  /** The transport settings are those of {@link GrpcPort#open}. */
  static Server open(byte[] reply) throws IOException {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    MethodDescriptor<Integer, byte[]> get =
        ResourceServiceGrpc.getGetMethod().toBuilder(new RequestSize(), new Bytes()).build();
    return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .directExecutor()
        .maxInboundMessageSize(PortLimits.DEFAULTS.maxRequestBytes())
        .maxInboundMetadataSize(PortLimits.DEFAULTS.maxMetadataBytes())
        .maxConcurrentCallsPerConnection(PortLimits.DEFAULTS.maxCalls())
        .maxRstFramesPerWindow(
            PortLimits.DEFAULTS.maxCancellations(),
            (int) PortLimits.CANCELLATION_WINDOW.toSeconds())
        .handshakeTimeout(PortLimits.HANDSHAKE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .maxConnectionIdle(PortLimits.DEFAULTS.maxIdle().toMillis(), TimeUnit.MILLISECONDS)
        .keepAliveTime(PortLimits.PROBE_AFTER.toMillis(), TimeUnit.MILLISECONDS)
        .permitKeepAliveTime(PortLimits.MIN_CLIENT_PROBE.toMillis(), TimeUnit.MILLISECONDS)
        .permitKeepAliveWithoutCalls(true)
        .addService(
            ServerServiceDefinition.builder(ResourceServiceGrpc.SERVICE_NAME)
                .addMethod(
                    get,
                    (call, _) -> {
                      call.request(2);
                      return new Echo(call, reply);
                    })
                .build())
        .build()
        .start();
  }

  private static final class Echo extends ServerCall.Listener<Integer> {
    private final ServerCall<Integer, byte[]> call;
    private final byte[] reply;

    Echo(ServerCall<Integer, byte[]> call, byte[] reply) {
      this.call = call;
      this.reply = reply;
    }

    @Override
    public void onHalfClose() {
      call.sendHeaders(new Metadata());
      call.sendMessage(reply);
      call.close(Status.OK, new Metadata());
    }
  }

  private static final class RequestSize implements Marshaller<Integer> {
    @Override
    public InputStream stream(Integer size) {
      throw new UnsupportedOperationException("a server sends no requests");
    }

    @Override
    public Integer parse(InputStream request) {
      try {
        return request.available();
      } catch (IOException e) {
        throw new UncheckedIOException("a buffer does not fail", e);
      }
    }
  }

  private static final class Bytes implements Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] reply) {
      return new Reply(reply);
    }

    @Override
    public byte[] parse(InputStream stream) {
      throw new UnsupportedOperationException("a server gets no replies");
    }
  }

  private static final class Reply extends ByteArrayInputStream implements Drainable, KnownLength {
    Reply(byte[] bytes) {
      super(bytes);
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      int length = available();
      target.write(buf, pos, length);
      pos = count;
      return length;
    }
  }
}

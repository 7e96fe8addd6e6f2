package io.loadonce.server.badinputs;

import com.google.protobuf.ByteString;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Headers;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A peer that writes HTTP/2 frame by frame, right or wrong, on a plain socket. A thread of its own
 * reads what the server sends; frames that the test does not wait for are dropped. What is written
 * after the server has closed the connection is dropped as well.
 */
final class RawPeer implements AutoCloseable {

  static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PUSH_PROMISE = 5;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int ACK = 1;
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;
  static final int PADDED = 8;

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int PREFIX_BYTES = 5;

  /** A frame of the server; its type is -1 when the connection has ended. */
  private record Frame(int type, int flags, int stream, ByteString payload) {

    static final Frame END = new Frame(-1, 0, 0, ByteString.EMPTY);

    int number(int at) {
      return payload.size() < at + Integer.BYTES ? 0 : payload.asReadOnlyByteBuffer().getInt(at);
    }
  }

  private final Socket socket;
  private final OutputStream out;
  private final LinkedBlockingQueue<Frame> received = new LinkedBlockingQueue<>();
  private final DefaultHttp2HeadersDecoder decoder =
      new DefaultHttp2HeadersDecoder(/* validateHeaders= */ false);
  private final Map<Integer, Map<String, String>> headers = new HashMap<>();

  private RawPeer(Socket socket) throws IOException {
    this.socket = socket;
    this.out = socket.getOutputStream();
    Thread.ofVirtual().name("raw-peer").start(this::readFrames);
  }

  /** Connects and says nothing. */
  static RawPeer silent(int port) {
    try {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      return new RawPeer(socket);
    } catch (IOException e) {
      throw new AssertionError("no connection", e);
    }
  }

  /** Connects and begins as HTTP/2 demands. */
  static RawPeer connect(int port) {
    return silent(port).octets(PREFACE).frame(SETTINGS, 0, 0);
  }

  RawPeer octets(byte... octets) {
    try {
      out.write(octets);
    } catch (IOException _) {
      // The server has closed the connection; the test sees that in what it reads.
    }
    return this;
  }

  RawPeer frame(int type, int flags, int stream, byte... payload) {
    return octets(encoded(type, flags, stream, payload));
  }

  /** Writes the frame so many times, in one piece. */
  RawPeer frames(int count, int type, int flags, int stream, byte... payload) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] one = encoded(type, flags, stream, payload);
    for (int i = 0; i < count; i++) {
      all.writeBytes(one);
    }
    return octets(all.toByteArray());
  }

  /** Waits for what the server has to say first: its settings, and how much it accepts. */
  RawPeer awaitPong() {
    frame(PING, 0, 0, new byte[8]);
    for (Frame frame = poll(TIMEOUT); frame != null; frame = poll(TIMEOUT)) {
      if (frame.type() == PING && (frame.flags() & ACK) != 0) {
        return this;
      }
    }
    throw new AssertionError("the server does not answer a PING");
  }

  /** Begins a call and leaves it open. */
  RawPeer begin(int stream, CallHeaders call) {
    return frame(HEADERS, END_HEADERS, stream, call.encoded());
  }

  /** Sends the last data of a call. */
  RawPeer end(int stream, byte... data) {
    return frame(DATA, END_STREAM, stream, data);
  }

  /** Makes a whole call with one good message, and returns how it ended. */
  Seen call(int stream, CallHeaders call, byte... message) {
    return begin(stream, call).end(stream, prefixed(0, message.length, message)).seen(stream);
  }

  /** Returns how the stream or the connection ended, whichever happened first. */
  Seen seen(int stream) {
    return seen(stream, TIMEOUT);
  }

  Seen seen(int stream, Duration timeout) {
    return await(
        timeout,
        frame ->
            frame.type() == GOAWAY
                || (frame.stream() == stream
                    && (frame.type() == RST_STREAM
                        || (frame.type() == HEADERS && (frame.flags() & END_STREAM) != 0)
                        || (frame.type() == DATA && (frame.flags() & END_STREAM) != 0))));
  }

  /** Returns how the connection ended; the ends of streams are passed over. */
  Seen ending() {
    return ending(TIMEOUT);
  }

  Seen ending(Duration timeout) {
    return await(timeout, frame -> frame.type() == GOAWAY);
  }

  /** Returns whether the connection is closed within the time, after a GOAWAY or without one. */
  boolean closes(Duration timeout) {
    return await(timeout, _ -> false) instanceof Seen.Closed;
  }

  /** Counts the streams that the server reset with this code, until nothing has come for a time. */
  int resets(int code, Duration quiet) {
    int count = 0;
    for (Frame frame = poll(quiet);
        frame != null && !frame.equals(Frame.END);
        frame = poll(quiet)) {
      if (frame.type() == RST_STREAM && frame.number(0) == code) {
        count++;
      }
    }
    return count;
  }

  /** Returns a message behind the five bytes that gRPC puts before it. */
  static byte[] prefixed(int flag, int length, byte... message) {
    return ByteBuffer.allocate(PREFIX_BYTES + message.length)
        .put((byte) flag)
        .putInt(length)
        .put(message)
        .array();
  }

  /** Returns four bytes, as error codes and window sizes have. */
  static byte[] number(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }

  private static byte[] encoded(int type, int flags, int stream, byte... payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .put((byte) (payload.length >>> 16))
        .putShort((short) payload.length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  private Seen await(Duration timeout, Predicate<Frame> ends) {
    long untilNanos = System.nanoTime() + timeout.toNanos();
    while (true) {
      Frame frame = poll(Duration.ofNanos(untilNanos - System.nanoTime()));
      if (frame == null) {
        return new Seen.Nothing();
      }
      if (frame.type() == HEADERS) {
        decode(frame);
      }
      if (frame.equals(Frame.END)) {
        received.add(frame);
        return new Seen.Closed();
      }
      if (ends.test(frame)) {
        return seen(frame);
      }
    }
  }

  private Seen seen(Frame frame) {
    return switch (frame.type()) {
      case GOAWAY ->
          new Seen.GoAway(
              frame.number(4), frame.payload().substring(8).toString(StandardCharsets.ISO_8859_1));
      case RST_STREAM -> new Seen.Reset(frame.number(0));
      default -> {
        Map<String, String> all = headers.getOrDefault(frame.stream(), Map.of());
        yield new Seen.Ended(
            Integer.parseInt(all.getOrDefault(":status", "0")),
            Integer.parseInt(all.getOrDefault("grpc-status", "" + Seen.NO_STATUS)));
      }
    };
  }

  private void decode(Frame frame) {
    try {
      Http2Headers block =
          decoder.decodeHeaders(
              frame.stream(), Unpooled.wrappedBuffer(frame.payload().toByteArray()));
      Map<String, String> all = headers.computeIfAbsent(frame.stream(), _ -> new HashMap<>());
      block.forEach(header -> all.put(header.getKey().toString(), header.getValue().toString()));
    } catch (Http2Exception e) {
      throw new AssertionError("the server sent a wrong header block", e);
    }
  }

  private @Nullable Frame poll(Duration timeout) {
    try {
      return received.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void readFrames() {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(socket.getInputStream()))) {
      while (true) {
        int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        received.add(new Frame(type, flags, stream, ByteString.copyFrom(in.readNBytes(length))));
      }
    } catch (IOException _) {
      received.add(Frame.END);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}

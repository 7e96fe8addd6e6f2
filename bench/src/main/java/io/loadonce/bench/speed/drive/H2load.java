package io.loadonce.bench.speed.drive;

import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The load generator of nghttp2, which is written in C: it sends one request over and over. It
 * knows HTTP and not gRPC, so it counts a call that fails in its trailers as a success; a scene
 * that uses it must compare the server's own counters.
 */
public final class H2load {

  private static final String PROGRAM = "h2load";
  private static final Duration GRACE = Duration.ofSeconds(30);
  private static final Pattern RATE = Pattern.compile("finished in \\S+, ([0-9.]+) req/s");
  private static final Pattern REQUESTS =
      Pattern.compile("requests: .* (\\d+) succeeded, (\\d+) failed, (\\d+) errored");

  private H2load() {}

  public static boolean isInstalled() {
    return Tool.isInstalled(PROGRAM);
  }

  /**
   * Sends the request again after each reply, for the given time, and blocks until then.
   *
   * @param inFlight a multiple of the connections
   */
  public static Driven run(
      int port,
      MethodDescriptor<byte[], Integer> method,
      byte[] request,
      int connections,
      int inFlight,
      Duration time)
      throws IOException, InterruptedException {
    Path body = Files.createTempFile("loadonce-bench-", ".grpc");
    try {
      Files.write(body, framed(request));
      return parse(
          Tool.run(
              List.of(
                  PROGRAM,
                  "-D%dms".formatted(time.toMillis()),
                  "-c" + connections,
                  "-m" + inFlight / connections,
                  "-d" + body,
                  "-Hcontent-type: application/grpc",
                  "-Hte: trailers",
                  "http://127.0.0.1:%d/%s".formatted(port, method.getFullMethodName())),
              time.plus(GRACE)));
    } finally {
      Files.deleteIfExists(body);
    }
  }

  /** A gRPC message: not compressed, its length, its bytes. */
  static byte[] framed(byte[] message) {
    return ByteBuffer.allocate(5 + message.length)
        .put((byte) 0)
        .putInt(message.length)
        .put(message)
        .array();
  }

  /**
   * @throws IllegalStateException if a request failed, or nothing was measured
   */
  static Driven parse(String said) {
    Matcher rate = RATE.matcher(said);
    Matcher requests = REQUESTS.matcher(said);
    if (!rate.find() || !requests.find()) {
      throw new IllegalStateException("h2load says: " + said);
    }
    long answered = Long.parseLong(requests.group(1));
    long failed = Long.parseLong(requests.group(2)) + Long.parseLong(requests.group(3));
    if (answered == 0 || failed > 0) {
      throw new IllegalStateException(
          "%d requests were answered, %d failed".formatted(answered, failed));
    }
    double seconds = answered / Double.parseDouble(rate.group(1));
    return new Driven(answered, Duration.ofNanos((long) (seconds * 1e9)));
  }
}

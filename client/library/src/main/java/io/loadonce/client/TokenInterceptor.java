package io.loadonce.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Sends the token of a file with each call. The file is read again once in a while, so that a new
 * token needs no restart; while it cannot be read, the last token is sent. Safe for use by many
 * threads; blocks while the file is read.
 */
final class TokenInterceptor implements ClientInterceptor {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private static final long BETWEEN_READS_NANOS = Duration.ofSeconds(1).toNanos();
  private static final int MAX_BYTES = 4_096;

  /** As a header has it, and when it was read. */
  private record Token(String header, long readNanos) {}

  private final Path file;
  private final LongSupplier nanoClock;
  private volatile Token token;

  /**
   * Reads the file. Blocks while it is read.
   *
   * @param nanoClock monotonic, in nanoseconds
   * @throws UncheckedIOException if the file cannot be read or holds no token
   */
  TokenInterceptor(Path file, LongSupplier nanoClock) {
    this.file = file;
    this.nanoClock = nanoClock;
    this.token = new Token(read(file), nanoClock.getAsLong());
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
        headers.discardAll(AUTHORIZATION);
        headers.put(AUTHORIZATION, current());
        super.start(listener, headers);
      }
    };
  }

  private String current() {
    Token last = token;
    if (nanoClock.getAsLong() - last.readNanos < BETWEEN_READS_NANOS) {
      return last.header;
    }
    String header = last.header;
    try {
      header = read(file);
    } catch (UncheckedIOException ignored) {
      // The file may be replaced just now.
    }
    token = new Token(header, nanoClock.getAsLong());
    return header;
  }

  private static String read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IOException("it is larger than %d bytes".formatted(MAX_BYTES));
      }
      String text = Files.readString(file).strip();
      if (!text.matches("[\\x21-\\x7E]+")) {
        throw new IOException("it must have one line with a token of ASCII characters");
      }
      return "Bearer " + text;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot read a token from %s: %s".formatted(file, e.getMessage()), e);
    }
  }
}

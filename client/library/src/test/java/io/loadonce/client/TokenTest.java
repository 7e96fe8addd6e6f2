package io.loadonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.ResourceServiceGrpc;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenTest {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final AtomicLong nanos = new AtomicLong();

  @TempDir private Path folder;

  @Test
  void call_fileChanges_sendsTheNewTokenAfterASecond() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "first\n");
    TokenInterceptor tokens = new TokenInterceptor(file, nanos::get);
    assertThat(sent(tokens)).isEqualTo("Bearer first");

    Files.writeString(file, "second");
    assertThat(sent(tokens)).isEqualTo("Bearer first");
    nanos.addAndGet(1_000_000_000);
    assertThat(sent(tokens)).isEqualTo("Bearer second");
  }

  @Test
  void call_fileIsGone_sendsTheLastToken() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "first\n");
    TokenInterceptor tokens = new TokenInterceptor(file, nanos::get);

    Files.delete(file);
    nanos.addAndGet(1_000_000_000);

    assertThat(sent(tokens)).isEqualTo("Bearer first");
  }

  @Test
  void open_fileIsNotThere_saysWhich() {
    ClientSettings settings =
        ClientSettings.forTarget("127.0.0.1:1").withTokenFile(folder.resolve("none"));

    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> ResourceClient.open(settings))
        .withMessageContaining("none");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "two words", "two\nlines", "caf\u00e9"})
  void open_fileHoldsNoToken_isRefusedWithoutItsContent(String content) throws Exception {
    Path file = Files.writeString(folder.resolve("token"), content);

    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> new TokenInterceptor(file, nanos::get))
        .withMessage(
            "cannot read a token from %s: it must have one line with a token of ASCII characters",
            file);
  }

  private static String sent(TokenInterceptor tokens) {
    Metadata headers = new Metadata();
    MethodDescriptor<GetRequest, GetResponse> get = ResourceServiceGrpc.getGetMethod();
    tokens
        .interceptCall(get, CallOptions.DEFAULT, new NoChannel())
        .start(new ClientCall.Listener<GetResponse>() {}, headers);
    return headers.get(AUTHORIZATION);
  }

  /** Sends nothing. */
  private static final class NoCall<Q, A> extends ClientCall<Q, A> {
    @Override
    public void start(Listener<A> listener, Metadata headers) {}

    @Override
    public void request(int messages) {}

    @Override
    public void cancel(String message, Throwable cause) {}

    @Override
    public void halfClose() {}

    @Override
    public void sendMessage(Q message) {}
  }

  /** Sends nothing. */
  private static final class NoChannel extends Channel {
    @Override
    public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
      return new NoCall<>();
    }

    @Override
    public String authority() {
      return "none";
    }
  }
}

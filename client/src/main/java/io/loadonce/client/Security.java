package io.loadonce.client;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;

/** How the connection to the server is protected. */
public sealed interface Security {

  /** Not at all: for a server on this machine or behind a proxy that encrypts. */
  record Plaintext() implements Security {}

  /**
   * By TLS; the server's certificate must be for the host name of the target.
   *
   * @param caFile certificates in PEM form to trust; empty for those that the JDK trusts
   */
  record Tls(Optional<Path> caFile) implements Security {}

  /**
   * The credentials in the form that gRPC takes. Reads the file of certificates, if one is named.
   *
   * @throws UncheckedIOException if that file cannot be read
   */
  default ChannelCredentials credentials() {
    return switch (this) {
      case Plaintext() -> InsecureChannelCredentials.create();
      case Tls(Optional<Path> caFile) -> trusting(caFile);
    };
  }

  private static ChannelCredentials trusting(Optional<Path> caFile) {
    TlsChannelCredentials.Builder credentials = TlsChannelCredentials.newBuilder();
    if (caFile.isPresent()) {
      try {
        credentials.trustManager(caFile.get().toFile());
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read certificates from " + caFile.get(), e);
      }
    }
    return credentials.build();
  }
}

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

  /** No protection; for a server on this machine or behind a proxy that encrypts. */
  record Plaintext() implements Security {}

  /**
   * TLS. The server's certificate must be valid for the host name of the target.
   *
   * @param caFile a PEM file of the certificates to trust; if empty, those that the JDK trusts
   */
  record Tls(Optional<Path> caFile) implements Security {}

  /** No protection. */
  static Security plaintext() {
    return new Plaintext();
  }

  /** TLS with the certificates that the JDK trusts. */
  static Security tls() {
    return new Tls(Optional.empty());
  }

  /** TLS that trusts only the certificates in {@code caFile}, in PEM form. */
  static Security tls(Path caFile) {
    return new Tls(Optional.of(caFile));
  }

  /**
   * The same in the form that gRPC accepts. Reads the file of certificates, if one is named.
   *
   * @throws UncheckedIOException if that file cannot be read
   */
  default ChannelCredentials credentials() {
    if (!(this instanceof Tls tls)) {
      return InsecureChannelCredentials.create();
    }
    TlsChannelCredentials.Builder credentials = TlsChannelCredentials.newBuilder();
    if (tls.caFile.isPresent()) {
      try {
        credentials.trustManager(tls.caFile.get().toFile());
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read certificates from " + tls.caFile.get(), e);
      }
    }
    return credentials.build();
  }
}

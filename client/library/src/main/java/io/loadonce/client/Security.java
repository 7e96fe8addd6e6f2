package io.loadonce.client;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** How the connection to the server is protected. */
public sealed interface Security {

  /** No protection; for a server on this machine or behind a proxy that encrypts. */
  record Plaintext() implements Security {}

  /**
   * TLS. The server's certificate must be valid for the host name of the target.
   *
   * @param caFile a PEM file of the certificates to trust; if empty, those that the JDK trusts
   * @param certificate by which the server knows this client; empty if the server requires none
   */
  record Tls(Optional<Path> caFile, Optional<ClientCertificate> certificate) implements Security {

    /** The files that this names. */
    List<Path> files() {
      List<Path> files = new ArrayList<>();
      caFile.ifPresent(files::add);
      certificate.ifPresent(own -> files.addAll(List.of(own.certFile, own.keyFile)));
      return files;
    }

    /** For a file that was read and is not what it should be. */
    UncheckedIOException unusable(RuntimeException cause) {
      return new UncheckedIOException(
          "one of these files cannot be used: %s; certificates must be PEM, and a key must be PEM in"
                  .formatted(files().stream().map(Path::toString).collect(Collectors.joining(", ")))
              + " the form PKCS #8, not encrypted",
          new IOException(cause));
    }

    /**
     * The same with a client certificate.
     *
     * @param certFile a PEM file of the certificate, followed by those that signed it
     * @param keyFile a PEM file of its private key, in the form PKCS #8, not encrypted
     */
    public Tls withCertificate(Path certFile, Path keyFile) {
      return new Tls(caFile, Optional.of(new ClientCertificate(certFile, keyFile)));
    }
  }

  /** The files of a client certificate. They are read when a client is opened. */
  record ClientCertificate(Path certFile, Path keyFile) {}

  /** No protection. */
  static Security plaintext() {
    return new Plaintext();
  }

  /** TLS with the certificates that the JDK trusts. */
  static Tls tls() {
    return new Tls(Optional.empty(), Optional.empty());
  }

  /** TLS that trusts only the certificates in {@code caFile}, in PEM form. */
  static Tls tls(Path caFile) {
    return new Tls(Optional.of(caFile), Optional.empty());
  }

  /**
   * The same in the form that gRPC accepts. Reads the files of certificates, if some are named.
   *
   * @throws UncheckedIOException if a file cannot be read
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
    if (tls.certificate.isPresent()) {
      ClientCertificate files = tls.certificate.get();
      try {
        credentials.keyManager(files.certFile.toFile(), files.keyFile.toFile());
      } catch (IOException e) {
        throw new UncheckedIOException(
            "cannot read the client certificate from %s and its key from %s"
                .formatted(files.certFile, files.keyFile),
            e);
      }
    }
    return credentials.build();
  }
}

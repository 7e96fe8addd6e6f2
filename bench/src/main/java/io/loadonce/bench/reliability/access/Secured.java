package io.loadonce.bench.reliability.access;

import com.google.common.io.MoreFiles;
import io.loadonce.bench.speed.contender.LoadonceServer;
import io.loadonce.bench.speed.contender.ServerProcess;
import io.loadonce.client.ClientSettings;
import io.loadonce.client.Security;
import io.loadonce.server.access.NewToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;

/**
 * A service with TLS and two callers, and what its clients need. It ends when this is closed.
 *
 * @param reader a token with the right to read
 * @param writer a token with the right to invalidate only
 * @param certificates the service can have either of them, and has the first one at the start
 */
record Secured(
    Path folder,
    ServerProcess server,
    NewToken reader,
    NewToken writer,
    List<SelfSigned> certificates)
    implements AutoCloseable {

  /** A row of the cities that a service without a database has. */
  static final String ID = "2988507";

  private static final String TRUSTED = "trusted.pem";
  private static final String CERTIFICATE = "tls.crt";
  private static final String KEY = "tls.key";
  private static final String ACCESS = "access.txt";
  private static final String TOKEN = "reader.token";

  static Secured start() throws IOException, InterruptedException, GeneralSecurityException {
    Path folder = Files.createTempDirectory("loadonce-bench");
    SelfSigned first = SelfSigned.make(folder, "first");
    SelfSigned second = SelfSigned.make(folder, "second");
    NewToken reader = NewToken.of("reader", "read", "");
    NewToken writer = NewToken.of("writer", "invalidate", "");
    write(folder, TRUSTED, first.certificatePem() + second.certificatePem());
    write(folder, CERTIFICATE, first.certificatePem());
    write(folder, KEY, first.keyPem());
    write(folder, ACCESS, reader.line() + "\n" + writer.line() + "\n");
    write(folder, TOKEN, reader.token());
    ServerProcess server =
        LoadonceServer.start(
            List.of(
                "--tls-cert",
                folder.resolve(CERTIFICATE).toString(),
                "--tls-key",
                folder.resolve(KEY).toString(),
                "--access-file",
                folder.resolve(ACCESS).toString()),
            Map.of());
    return new Secured(folder, server, reader, writer, List.of(first, second));
  }

  /** TLS that trusts both certificates. */
  Security security() {
    return Security.tls(folder.resolve(TRUSTED));
  }

  /** The settings of a client that may read. It sends each call once. */
  ClientSettings client() {
    return ClientSettings.forTarget("127.0.0.1:" + server.port())
        .withSecurity(security())
        .withTokenFile(folder.resolve(TOKEN))
        .withMaxAttempts(1);
  }

  /**
   * Replaces the certificate of the service by a rename. Until the key follows, they do not fit.
   */
  void replaceCertificate(SelfSigned by) throws IOException, GeneralSecurityException {
    write(folder, CERTIFICATE, by.certificatePem());
  }

  /** Replaces the key of the service by a rename. */
  void replaceKey(SelfSigned by) throws IOException {
    write(folder, KEY, by.keyPem());
  }

  @Override
  public void close() throws IOException {
    server.close();
    MoreFiles.deleteRecursively(folder);
  }

  private static void write(Path folder, String name, String content) throws IOException {
    Path whole = Files.writeString(folder.resolve(name + ".new"), content);
    var _ = Files.move(whole, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }
}

package io.loadonce.client;

import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;

/** A certificate that is made for a test, by the JDK's keytool, and is for 127.0.0.1 only. */
public final class SelfSigned {

  private static final String PASSWORD = "changeit";

  private final Path folder;
  private final KeyStore keys;

  private SelfSigned(Path folder, KeyStore keys) {
    this.folder = folder;
    this.keys = keys;
  }

  /** Makes one; its files go into {@code folder}. */
  public static SelfSigned in(Path folder)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path store = folder.resolve("server.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=test",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .start();
    if (keytool.waitFor() != 0) {
      throw new IOException(
          new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }
    return new SelfSigned(folder, KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray()));
  }

  /** The certificate in PEM form, for clients that are to trust it. */
  public Path caFile() throws IOException, GeneralSecurityException {
    String body =
        Base64.getMimeEncoder().encodeToString(keys.getCertificate("server").getEncoded());
    return Files.writeString(
        folder.resolve("ca.pem"),
        "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n");
  }

  /** The key in PEM form, in the form PKCS #8. */
  public Path keyFile() throws IOException, GeneralSecurityException {
    String body =
        Base64.getMimeEncoder()
            .encodeToString(keys.getKey("server", PASSWORD.toCharArray()).getEncoded());
    return Files.writeString(
        folder.resolve("key.pem"),
        "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n");
  }

  /** The same for a server that requires client certificates, and trusts its own as one. */
  public ServerCredentials mutualServerCredentials() throws IOException, GeneralSecurityException {
    return TlsServerCredentials.newBuilder()
        .keyManager(caFile().toFile(), keyFile().toFile())
        .trustManager(caFile().toFile())
        .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
        .build();
  }

  /** The certificate and its key, for a server. */
  public ServerCredentials serverCredentials() throws GeneralSecurityException {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, PASSWORD.toCharArray());
    return TlsServerCredentials.newBuilder().keyManager(factory.getKeyManagers()).build();
  }
}

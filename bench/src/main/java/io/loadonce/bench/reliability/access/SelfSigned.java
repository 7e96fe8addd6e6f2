package io.loadonce.bench.reliability.access;

import io.loadonce.bench.speed.drive.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

/**
 * A certificate for this machine that has signed itself, and its key.
 *
 * @param keyPem its private key, as text
 */
record SelfSigned(Certificate certificate, String keyPem) {

  private static final String PASSWORD = "changeit";
  private static final Duration LONGEST = Duration.ofSeconds(30);

  /** Makes one, with the JDK's keytool. */
  static SelfSigned make(Path folder, String name)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path file = folder.resolve(name + ".p12");
    var _ =
        Tool.run(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                file.toString(),
                "-alias",
                name,
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1"),
            LONGEST);
    char[] secret = PASSWORD.toCharArray();
    KeyStore store = KeyStore.getInstance(file.toFile(), secret);
    Key key = store.getKey(name, secret);
    return new SelfSigned(store.getCertificate(name), pem("PRIVATE KEY", key.getEncoded()));
  }

  String certificatePem() throws GeneralSecurityException {
    return pem("CERTIFICATE", certificate.getEncoded());
  }

  /** Without the key. */
  @Override
  public String toString() {
    return certificate.toString();
  }

  private static String pem(String what, byte[] content) {
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
        .formatted(what, Base64.getMimeEncoder().encodeToString(content), what);
  }
}

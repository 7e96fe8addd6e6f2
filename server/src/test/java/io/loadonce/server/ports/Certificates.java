package io.loadonce.server.ports;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Certificates that are made for a test by the JDK's keytool, and their PEM files. */
public final class Certificates {

  private static final String PASSWORD = "changeit";
  private static final char[] SECRET = PASSWORD.toCharArray();

  private final Path folder;

  public Certificates(Path folder) {
    this.folder = folder;
  }

  /**
   * A PEM file of the certificate and one of its key.
   *
   * @param certificate the certificate, and behind it the one that signed it
   */
  public record Pair(Path certificate, Path key) {}

  /** Makes a certificate that can sign others; returns its PEM file. */
  public Path ca(String name) throws IOException, InterruptedException, GeneralSecurityException {
    keytool(name, "-alias", name, "-dname", "CN=" + name, "-ext", "bc:c");
    KeyStore store = store(name);
    return write(name + "-ca.pem", pem("CERTIFICATE", store.getCertificate(name).getEncoded()));
  }

  /**
   * Makes a certificate.
   *
   * @param ca the name of the one that signs it, which was made by {@link #ca}
   * @param more options of keytool, such as {@code -startdate}
   */
  public Pair signedBy(String ca, String commonName, String... more)
      throws IOException, InterruptedException, GeneralSecurityException {
    String alias = "leaf" + store(ca).size();
    List<String> options = new ArrayList<>();
    options.addAll(List.of("-alias", alias, "-signer", ca, "-signerkeypass", PASSWORD));
    options.addAll(List.of("-dname", "CN=" + commonName));
    options.addAll(List.of("-ext", "san=ip:127.0.0.1,dns:" + commonName + ".example"));
    options.addAll(List.of(more));
    keytool(ca, options.toArray(String[]::new));
    KeyStore store = store(ca);
    StringBuilder chain = new StringBuilder();
    for (Certificate each : store.getCertificateChain(alias)) {
      chain.append(pem("CERTIFICATE", each.getEncoded()));
    }
    Key key = store.getKey(alias, SECRET);
    return new Pair(
        write(ca + alias + ".pem", chain.toString()),
        write(ca + alias + ".key", pem("PRIVATE KEY", key.getEncoded())));
  }

  private KeyStore store(String name) throws IOException, GeneralSecurityException {
    return KeyStore.getInstance(folder.resolve(name + ".p12").toFile(), SECRET);
  }

  private void keytool(String store, String... more) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(
        List.of("-J-XX:TieredStopAtLevel=1", "-genkeypair", "-keyalg", "EC", "-groupname"));
    command.addAll(List.of("secp256r1", "-storetype", "PKCS12", "-storepass", PASSWORD));
    command.addAll(List.of("-keystore", folder.resolve(store + ".p12").toString()));
    command.addAll(List.of(more));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (keytool.waitFor() != 0) {
      throw new IOException(said);
    }
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static String pem(String what, byte[] content) {
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
        .formatted(what, Base64.getMimeEncoder().encodeToString(content), what);
  }
}

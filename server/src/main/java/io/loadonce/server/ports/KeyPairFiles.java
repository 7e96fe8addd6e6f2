package io.loadonce.server.ports;

import io.grpc.util.CertificateUtils;
import io.loadonce.db.InvalidSettingException;
import io.loadonce.server.files.SettingFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A certificate and its private key, read from PEM files. Immutable.
 *
 * @param chain the certificate, then those that signed it
 * @param key fits the first certificate
 */
record KeyPairFiles(List<X509Certificate> chain, PrivateKey key) {

  static final X509Certificate[] NO_CHAIN = {};

  private static final byte[] SIGNED = "loadonce".getBytes(java.nio.charset.StandardCharsets.UTF_8);

  KeyPairFiles {
    chain = List.copyOf(chain);
  }

  /**
   * @throws InvalidSettingException if a file is not what its setting says, the certificate is not
   *     valid now, or it does not fit the key
   */
  static KeyPairFiles of(
      SettingFile certificateFile, byte[] certificate, SettingFile keyFile, byte[] key) {
    List<X509Certificate> chain = certificates(certificateFile, certificate);
    PrivateKey privateKey = key(keyFile, key);
    X509Certificate first = chain.getFirst();
    if (!fits(first.getPublicKey(), privateKey)) {
      throw certificateFile.wrong(
          "the certificate does not fit the key in '%s'; name the two files of one pair"
              .formatted(keyFile.path()));
    }
    try {
      first.checkValidity();
    } catch (CertificateExpiredException _) {
      throw certificateFile.wrong(
          "the certificate expired on %s; name one that is valid"
              .formatted(first.getNotAfter().toInstant()));
    } catch (CertificateNotYetValidException _) {
      throw certificateFile.wrong(
          "the certificate is valid from %s on; name one that is valid now"
              .formatted(first.getNotBefore().toInstant()));
    }
    return new KeyPairFiles(chain, privateKey);
  }

  /** Reads one certificate or more. */
  static List<X509Certificate> certificates(SettingFile file, byte[] content) {
    try {
      List<X509Certificate> all =
          List.of(CertificateUtils.getX509Certificates(new ByteArrayInputStream(content)));
      if (!all.isEmpty()) {
        return all;
      }
    } catch (CertificateException _) {
      // Thrown below.
    }
    throw file.wrong("must be a PEM file with lines BEGIN CERTIFICATE and END CERTIFICATE");
  }

  private static PrivateKey key(SettingFile file, byte[] content) {
    try {
      return CertificateUtils.getPrivateKey(new ByteArrayInputStream(content));
    } catch (IOException | GeneralSecurityException | RuntimeException _) {
      // What they say may repeat parts of the key.
      throw file.wrong(
          "must be a PEM file with an RSA or EC key, not encrypted, with lines BEGIN PRIVATE KEY"
              + " and END PRIVATE KEY; openssl pkcs8 -topk8 -nocrypt converts other forms");
    }
  }

  /** Signs with the key, and checks that with the certificate. */
  private static boolean fits(PublicKey certified, PrivateKey key) {
    if (!certified.getAlgorithm().equals(key.getAlgorithm())) {
      return false;
    }
    try {
      Signature signature =
          Signature.getInstance("SHA256with" + (key.getAlgorithm().equals("EC") ? "ECDSA" : "RSA"));
      signature.initSign(key);
      signature.update(SIGNED);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(SIGNED);
      return signature.verify(signed);
    } catch (GeneralSecurityException _) {
      return false;
    }
  }
}

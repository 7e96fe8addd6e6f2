package io.loadonce.server.tier;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.server.files.SettingFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;

/** Connections to a Redis whose certificate was signed by one of a file. */
final class RedisTrust {

  private static final String TYPE = "PKCS12";

  /** The library reads a store, which needs a password; this one never leaves the memory. */
  private static final char[] NOT_SECRET = "memory".toCharArray();

  private RedisTrust() {}

  /**
   * Reads the file.
   *
   * @throws InvalidSettingException if it cannot be read, or holds no certificates
   */
  static SslOptions in(SettingFile ca) {
    byte[] pem = ca.read();
    Collection<? extends Certificate> certificates;
    try {
      certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem));
    } catch (CertificateException _) {
      throw ca.wrong("must be a PEM file of certificates");
    }
    if (certificates.isEmpty()) {
      throw ca.wrong("must be a PEM file of certificates, and holds none");
    }
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    try {
      KeyStore store = KeyStore.getInstance(TYPE);
      store.load(/* stream= */ null, NOT_SECRET);
      for (Certificate each : certificates) {
        store.setCertificateEntry(Integer.toString(store.size()), each);
      }
      store.store(encoded, NOT_SECRET);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("every Java has stores of certificates", e);
    }
    return SslOptions.builder()
        .trustStoreType(TYPE)
        .truststore(() -> new ByteArrayInputStream(encoded.toByteArray()), NOT_SECRET)
        .sslVerifyMode(SslVerifyMode.FULL)
        .build();
  }
}

package io.loadonce.server.ports;

import io.grpc.util.CertificateUtils;
import io.loadonce.server.RunningService;
import io.loadonce.server.ports.Certificates.Pair;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** An operator who reads pages of the admin port. */
record AdminClient(HttpClient http, String base) implements AutoCloseable {

  static AdminClient plaintext(RunningService service) {
    return new AdminClient(HttpClient.newHttpClient(), "http://" + service.admin());
  }

  /** Over TLS, without a certificate. */
  static AdminClient of(RunningService service, Path ca)
      throws IOException, GeneralSecurityException {
    return over(service, context(ca, empty()));
  }

  /** Over TLS, with a certificate. */
  static AdminClient of(RunningService service, Path ca, Pair pair)
      throws IOException, GeneralSecurityException {
    return over(service, context(ca, pair));
  }

  /** The side of a client that trusts one authority and has a key. */
  static SSLContext context(Path ca, Pair pair) throws IOException, GeneralSecurityException {
    KeyStore own = empty();
    try (InputStream certificate = Files.newInputStream(pair.certificate());
        InputStream key = Files.newInputStream(pair.key())) {
      own.setKeyEntry(
          "own",
          CertificateUtils.getPrivateKey(key),
          new char[0],
          CertificateUtils.getX509Certificates(certificate));
    }
    return context(ca, own);
  }

  /** The side of a client that trusts one authority and may have a key. */
  static SSLContext context(Path ca, KeyStore own) throws IOException, GeneralSecurityException {
    KeyStore trusted = empty();
    try (InputStream file = Files.newInputStream(ca)) {
      for (X509Certificate each : CertificateUtils.getX509Certificates(file)) {
        trusted.setCertificateEntry("ca", each);
      }
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), /* random= */ null);
    return context;
  }

  static KeyStore empty() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(/* stream= */ null, /* password= */ null);
    return store;
  }

  HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(10));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    http.close();
  }

  private static AdminClient over(RunningService service, SSLContext context) {
    return new AdminClient(
        HttpClient.newBuilder().sslContext(context).build(), "https://" + service.admin());
  }
}

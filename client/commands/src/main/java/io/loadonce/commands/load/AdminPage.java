package io.loadonce.commands.load;

import io.loadonce.client.ClientSettings;
import io.loadonce.client.Security;
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
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A page of the admin port of a server, as it was read. */
public sealed interface AdminPage {

  /**
   * The server answered.
   *
   * @param status of HTTP
   */
  record Answer(int status, String body) implements AdminPage {}

  /**
   * The page could not be read.
   *
   * @param why for people, as the end of a sentence
   */
  record Unreadable(String why) implements AdminPage {}

  /**
   * Reads a page. Blocks for 4 s at most; throws nothing.
   *
   * @param settings have the certificates to trust and the token, for an admin port that is
   *     protected
   */
  static AdminPage read(URI page, ClientSettings settings) {
    Duration timeout = Duration.ofSeconds(2);
    HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(timeout);
    HttpRequest.Builder request = HttpRequest.newBuilder(page).timeout(timeout);
    try {
      if (settings.security() instanceof Security.Tls tls && tls.caFile().isPresent()) {
        client.sslContext(trusting(tls.caFile().get()));
      }
      if (settings.tokenFile().isPresent()) {
        String token = Files.readString(settings.tokenFile().get()).strip();
        request.header("Authorization", "Bearer " + token);
      }
    } catch (IOException | GeneralSecurityException e) {
      return new Unreadable("the files of TLS or of the token cannot be read: " + e.getMessage());
    }
    try (HttpClient http = client.build()) {
      HttpResponse<String> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    } catch (IOException _) {
      return new Unreadable(page + " cannot be reached");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new Unreadable("interrupted while reading " + page);
    }
  }

  private static SSLContext trusting(Path caFile) throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(/* stream= */ null, /* password= */ null);
    try (InputStream file = Files.newInputStream(caFile)) {
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(file)) {
        trusted.setCertificateEntry("ca-" + trusted.size(), each);
      }
    }
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(/* km= */ null, managers.getTrustManagers(), /* random= */ null);
    return context;
  }
}

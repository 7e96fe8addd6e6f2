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

/** How much the server has queried its database, by the metrics of its admin port. */
public sealed interface ServerCounters {

  String QUERIES = "loadonce_queries_total";
  String IDS_LOADED = "loadonce_ids_loaded_total";

  /** Queries run and ids loaded by them, since the server started or between two readings. */
  record Known(long queries, long idsLoaded) implements ServerCounters {}

  /**
   * The admin port could not be read.
   *
   * @param why for people, as the end of a sentence
   */
  record Unknown(String why) implements ServerCounters {}

  /**
   * Reads {@code /metrics} of an admin port. Blocks for 4 s at most; throws nothing.
   *
   * @param settings have the certificates to trust and the token, for an admin port that is
   *     protected
   */
  static ServerCounters read(URI admin, ClientSettings settings) {
    Duration timeout = Duration.ofSeconds(2);
    URI metrics = admin.resolve("/metrics");
    HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(timeout);
    HttpRequest.Builder request = HttpRequest.newBuilder(metrics).timeout(timeout);
    try {
      if (settings.security() instanceof Security.Tls tls && tls.caFile().isPresent()) {
        client.sslContext(trusting(tls.caFile().get()));
      }
      if (settings.tokenFile().isPresent()) {
        String token = Files.readString(settings.tokenFile().get()).strip();
        request.header("Authorization", "Bearer " + token);
      }
    } catch (IOException | GeneralSecurityException e) {
      return new Unknown("the files of TLS or of the token cannot be read: " + e.getMessage());
    }
    try (HttpClient http = client.build()) {
      HttpResponse<String> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return response.statusCode() == 200
          ? parse(response.body())
          : new Unknown(metrics + " answered with HTTP status " + response.statusCode());
    } catch (IOException _) {
      return new Unknown(metrics + " cannot be reached");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new Unknown("interrupted while reading " + metrics);
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

  /** Reads the text format of Prometheus. */
  static ServerCounters parse(String metrics) {
    if (!metrics.contains(QUERIES) || !metrics.contains(IDS_LOADED)) {
      return new Unknown("the admin port does not have %s and %s".formatted(QUERIES, IDS_LOADED));
    }
    return new Known(sum(metrics, QUERIES), sum(metrics, IDS_LOADED));
  }

  /** The difference from {@code before} to this reading. */
  default ServerCounters since(ServerCounters before) {
    if (!(this instanceof Known now)) {
      return this;
    }
    if (!(before instanceof Known then)) {
      return before;
    }
    if (now.queries < then.queries || now.idsLoaded < then.idsLoaded) {
      return new Unknown("the counters went down: the server was restarted during the test");
    }
    return new Known(now.queries - then.queries, now.idsLoaded - then.idsLoaded);
  }

  private static long sum(String metrics, String name) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .map(line -> line.substring(Math.max(name.length(), line.lastIndexOf('}') + 1)).strip())
        .mapToLong(sample -> (long) Double.parseDouble(sample.split(" ", 2)[0]))
        .sum();
  }
}

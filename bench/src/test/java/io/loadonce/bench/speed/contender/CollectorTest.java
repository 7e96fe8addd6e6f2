package io.loadonce.bench.speed.contender;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

class CollectorTest {

  @Test
  void bytes_spansArrive_areCounted() throws Exception {
    try (Collector collector = Collector.start();
        HttpClient http = HttpClient.newHttpClient()) {
      assertThat(collector.bytes()).isZero();

      URI spans = URI.create(collector.endpoint() + "/v1/traces");
      HttpRequest request =
          HttpRequest.newBuilder(spans).POST(BodyPublishers.ofString("spans")).build();
      assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);

      assertThat(collector.bytes()).isEqualTo("spans".length());
    }
  }
}

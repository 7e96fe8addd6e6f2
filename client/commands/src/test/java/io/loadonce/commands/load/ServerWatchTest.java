package io.loadonce.commands.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.loadonce.client.ClientSettings;
import io.loadonce.commands.load.record.Second;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ServerWatchTest {

  @Test
  void take_portIsReadEverySecond_hasTheDifferenceAndTheState() throws Exception {
    AtomicInteger reads = new AtomicInteger();
    CountDownLatch third = new CountDownLatch(3);
    HttpServer admin = admin(reads, third);
    URI page = URI.create("http://127.0.0.1:" + admin.getAddress().getPort());
    ClientSettings settings = ClientSettings.forTarget("127.0.0.1:1");
    try (ServerWatch watch = ServerWatch.start(List.of(page), settings)) {
      assertThat(watch.take()).isNull();
      // When the port is read for the third time, both readings before have arrived.
      assertThat(third.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(watch.take()).isNull();
      Second.Server server = null;
      while (server == null) {
        Thread.onSpinWait();
        Second.Server now = watch.take();
        server = now == null ? server : now;
      }

      assertThat(server.queries()).isPositive().isEqualTo(10 * (server.queries() / 10));
      assertThat(server).isEqualTo(new Second.Server(server.queries(), 3, 3_000));
    } finally {
      admin.stop(0);
    }
  }

  private static HttpServer admin(AtomicInteger reads, CountDownLatch third) throws IOException {
    HttpServer admin =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    admin.createContext(
        "/metrics",
        exchange -> {
          String metrics =
              """
              loadonce_queries_total{lookup="a"} %d.0
              loadonce_waiters{lookup="a"} 3.0
              jvm_memory_used_bytes{area="heap",id="Eden"} 1000.0
              jvm_memory_used_bytes{area="heap",id="Old"} 2.0E3
              jvm_memory_used_bytes{area="nonheap",id="Code"} 5000.0
              """
                  .formatted(10 * reads.incrementAndGet());
          byte[] body = metrics.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
          third.countDown();
        });
    admin.start();
    return admin;
  }
}

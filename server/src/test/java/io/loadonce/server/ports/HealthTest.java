package io.loadonce.server.ports;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the health service says of the whole and of each lookup. */
class HealthTest {

  private final Health health = new Health("the.Service", List.of("product", "price"));
  private Server server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    String name = InProcessServerBuilder.generateName();
    server = InProcessServerBuilder.forName(name).addService(health.service()).build().start();
    channel = InProcessChannelBuilder.forName(name).build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  @Test
  void lookup_oneWorks_onlyThatServes() {
    health.lookup("product", /* works= */ true);
    health.lookup("price", /* works= */ false);

    assertThat(status("lookup/product")).isEqualTo(ServingStatus.SERVING);
    assertThat(status("lookup/price")).isEqualTo(ServingStatus.NOT_SERVING);
    assertThat(status("")).isEqualTo(ServingStatus.NOT_SERVING);
    assertThat(health.isServing()).isFalse();
  }

  @Test
  void draining_checksEndLater_nothingServesAgain() {
    health.lookup("product", /* works= */ true);
    health.serving();
    assertThat(status("the.Service")).isEqualTo(ServingStatus.SERVING);

    health.draining();
    health.serving();
    health.lookup("product", /* works= */ true);

    assertThat(status("lookup/product")).isEqualTo(ServingStatus.NOT_SERVING);
    assertThat(status("")).isEqualTo(ServingStatus.NOT_SERVING);
  }

  private ServingStatus status(String name) {
    return HealthGrpc.newBlockingStub(channel)
        .check(HealthCheckRequest.newBuilder().setService(name).build())
        .getStatus();
  }
}

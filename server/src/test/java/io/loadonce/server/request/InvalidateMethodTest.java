package io.loadonce.server.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import io.loadonce.server.changes.Instances;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.InvalidateResponse;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a caller of Invalidate is told of the other instances. */
class InvalidateMethodTest {
  private static final InvalidateRequest.Builder PRODUCT =
      InvalidateRequest.newBuilder().setLookup("product").addIds("A1");

  @Test
  void invalidate_othersReached_responseCountsThem() {
    Instances three =
        (_, _, _, here) -> {
          here.run();
          return CompletableFuture.completedFuture(new Instances.Reach(3, 1, /* isSent= */ true));
        };
    try (ShopService shop = ShopService.among(three)) {
      InvalidateResponse response = shop.invalidate(PRODUCT);
      assertThat(response.getInstancesReached()).isEqualTo(3);
      assertThat(response.getInstancesWaitedOut()).isEqualTo(1);
    }
  }

  /** A fault of this service must not leave the caller without an answer. */
  @Test
  void invalidate_instancesFail_callFails() {
    Instances broken =
        (_, _, _, _) -> CompletableFuture.failedFuture(new IllegalStateException("a fault"));
    try (ShopService shop = ShopService.among(broken)) {
      assertThatThrownBy(() -> shop.invalidate(PRODUCT))
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessage("INTERNAL: the service has a fault, which its log names");
    }
  }
}

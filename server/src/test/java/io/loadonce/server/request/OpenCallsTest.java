package io.loadonce.server.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.loadonce.server.RunningService;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.ResourceServiceGrpc;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A call whose request never arrives ends at the call timeout of the server. */
class OpenCallsTest {

  /** Get, of a client that sends the headers before it has the request. */
  private static final MethodDescriptor<GetRequest, GetResponse> STREAMED =
      ResourceServiceGrpc.getGetMethod().toBuilder()
          .setType(MethodDescriptor.MethodType.CLIENT_STREAMING)
          .build();

  @Test
  void call_requestNeverArrives_endsAtTheCallTimeout() {
    assertThat(ending(Map.of("--call-timeout", "300ms"), Duration.ofSeconds(5)))
        .isCompletedWithValue(Status.Code.DEADLINE_EXCEEDED);
  }

  /** The check can fail: with a limit of an hour the call is still open. */
  @Test
  void call_plantedLimitOfAnHour_staysOpen() {
    assertThat(ending(Map.of("--call-timeout", "1h"), Duration.ofMillis(600))).isNotDone();
  }

  private static CompletableFuture<Status.Code> ending(
      Map<String, String> flags, Duration timeout) {
    try (RunningService service = RunningService.with(flags)) {
      CompletableFuture<Status.Code> ending = new CompletableFuture<>();
      ClientCall<GetRequest, GetResponse> call =
          service.channel().newCall(STREAMED, CallOptions.DEFAULT);
      call.start(
          new ClientCall.Listener<>() {
            @Override
            public void onClose(Status status, Metadata trailers) {
              ending.complete(status.getCode());
            }
          },
          new Metadata());
      call.request(1);
      long until = System.nanoTime() + timeout.toNanos();
      await()
          .atMost(timeout.plusSeconds(5))
          .until(() -> ending.isDone() || System.nanoTime() - until >= 0);
      CompletableFuture<Status.Code> seen = ending.copy();
      if (!ending.isDone()) {
        seen = new CompletableFuture<>();
        call.cancel("the test is over", null);
      }
      return seen;
    }
  }
}

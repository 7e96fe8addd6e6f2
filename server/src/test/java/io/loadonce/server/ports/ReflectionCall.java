package io.loadonce.server.ports;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One call of the reflection service, which lists the services of the port. */
final class ReflectionCall {

  private ReflectionCall() {}

  /** Returns how the call ends. Blocks until it does, for 20 s at most. */
  static Code code(Channel channel) {
    CompletableFuture<Code> end = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> requests =
        ServerReflectionGrpc.newStub(channel)
            .withDeadlineAfter(20, TimeUnit.SECONDS)
            .serverReflectionInfo(
                new StreamObserver<ServerReflectionResponse>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {}

                  @Override
                  public void onError(Throwable thrown) {
                    end.complete(Status.fromThrowable(thrown).getCode());
                  }

                  @Override
                  public void onCompleted() {
                    end.complete(Code.OK);
                  }
                });
    try {
      requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
      requests.onCompleted();
    } catch (IllegalStateException _) {
      // The call has ended already, by an error.
    }
    return end.join();
  }
}

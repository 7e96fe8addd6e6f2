package io.loadonce.server.request;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceBlockingStub;
import java.util.Optional;

/** How tests look at what a call brought. */
final class Answers {

  /**
   * A failed call, or a failed id.
   *
   * @param status the name of the code
   * @param details whatever came with it
   */
  record Failure(String status, String text, com.google.rpc.Status details) {

    static Failure of(StatusRuntimeException thrown) {
      com.google.rpc.Status details = StatusProto.fromThrowable(thrown);
      if (details == null) {
        throw new AssertionError("a failure without details", thrown);
      }
      String text = String.valueOf(thrown.getStatus().getDescription());
      return new Failure(thrown.getStatus().getCode().name(), text, details);
    }

    String reason() {
      ErrorInfo info = detail(ErrorInfo.class).orElseThrow();
      return info.getDomain() + "/" + info.getReason();
    }

    <D extends Message> Optional<D> detail(Class<D> type) {
      return details.getDetailsList().stream()
          .filter(detail -> detail.is(type))
          .findFirst()
          .map(detail -> unpacked(detail, type));
    }
  }

  private Answers() {}

  static GetResponse get(ResourceServiceBlockingStub stub, String id) {
    return stub.get(GetRequest.newBuilder().setId(id).build());
  }

  static Failure failure(Runnable call) {
    try {
      call.run();
    } catch (StatusRuntimeException e) {
      return Failure.of(e);
    }
    throw new AssertionError("the call succeeded");
  }

  private static <D extends Message> D unpacked(Any detail, Class<D> type) {
    try {
      return detail.unpack(type);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}

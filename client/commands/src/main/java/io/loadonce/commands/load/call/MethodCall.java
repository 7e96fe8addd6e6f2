package io.loadonce.commands.load.call;

import com.google.protobuf.Descriptors;
import com.google.protobuf.DynamicMessage;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.protobuf.ProtoUtils;
import java.io.InputStream;

/**
 * The calls of a load test that go to any method.
 *
 * @param method whose replies are not decoded
 * @param message makes the message of each call
 */
public record MethodCall(MethodDescriptor<DynamicMessage, Reply> method, MessageTemplate message) {

  /** A reply, of which only the status counts. */
  public enum Reply {
    /** It was received. */
    RECEIVED
  }

  private static final Marshaller<Reply> NOT_DECODED =
      new Marshaller<>() {
        @Override
        public InputStream stream(Reply value) {
          return InputStream.nullInputStream();
        }

        @Override
        public Reply parse(InputStream stream) {
          return Reply.RECEIVED;
        }
      };

  /**
   * Makes the calls of a method.
   *
   * @param data JSON of the message, with templates
   * @throws IllegalArgumentException with one line, if there is no such method, if it is a
   *     streaming method, or if the data do not fit
   */
  public static MethodCall of(MethodName name, FileSet files, String data) {
    Descriptors.MethodDescriptor method = files.method(name);
    if (method.isClientStreaming() || method.isServerStreaming()) {
      throw new IllegalArgumentException(
          "%s is a streaming method; --call is for a method with one request and one reply"
              .formatted(name.text()));
    }
    return new MethodCall(
        MethodDescriptor.<DynamicMessage, Reply>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(name.text())
            .setRequestMarshaller(
                ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getInputType())))
            .setResponseMarshaller(NOT_DECODED)
            .build(),
        new MessageTemplate(data, method.getInputType(), files.types()));
  }
}

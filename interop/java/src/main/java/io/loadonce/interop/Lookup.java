package io.loadonce.interop;

import static io.loadonce.interop.Replies.name;
import static io.loadonce.interop.Replies.reason;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.BatchGetResult;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.ResourceServiceGrpc;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceBlockingStub;
import java.util.concurrent.TimeUnit;

/** Looks up one row, one missing id and a batch. */
final class Lookup {

  private Lookup() {}

  /**
   * @param arguments HOST:PORT of the service
   */
  public static void main(String[] arguments) throws Exception {
    ManagedChannel channel = ManagedChannelBuilder.forTarget(arguments[0]).usePlaintext().build();
    try {
      lookUp(ResourceServiceGrpc.newBlockingStub(channel));
    } finally {
      channel.shutdownNow();
    }
  }

  private static void lookUp(ResourceServiceBlockingStub service) throws Exception {
    GetRequest paris = GetRequest.newBuilder().setLookup("default").setId("2988507").build();
    System.out.println("Get: " + name(soon(service).get(paris).getResource()));

    try {
      soon(service).get(GetRequest.newBuilder().setId("1").build());
    } catch (StatusRuntimeException failed) {
      System.out.println("Get: " + reason(StatusProto.fromThrowable(failed)));
    }

    BatchGetRequest batch = BatchGetRequest.newBuilder().addIds("2988507").addIds("1").build();
    for (BatchGetResult result : soon(service).batchGet(batch).getResultsList()) {
      System.out.println(
          "BatchGet: "
              + (result.hasResource() ? name(result.getResource()) : reason(result.getStatus())));
    }
  }

  private static ResourceServiceBlockingStub soon(ResourceServiceBlockingStub service) {
    return service.withDeadlineAfter(10, TimeUnit.SECONDS);
  }
}

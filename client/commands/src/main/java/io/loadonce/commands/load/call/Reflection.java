package io.loadonce.commands.load.call;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.ClientCalls;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;

/** The reflection service of a server, which says what its methods are. */
public final class Reflection {

  private static final int MOST_FILES = 10_000;
  private static final String ON_THE_SERVER = "on the server";

  private final Channel channel;
  private MethodDescriptor<ServerReflectionRequest, ServerReflectionResponse> method =
      ServerReflectionGrpc.getServerReflectionInfoMethod();

  /** For one thread. */
  public Reflection(Channel channel) {
    this.channel = channel;
  }

  /**
   * Reads the files of a service. Blocks for a few calls.
   *
   * @throws IllegalArgumentException with one line, if the server has no such service, or no
   *     reflection
   * @throws StatusRuntimeException if the server does not answer
   */
  public FileSet files(MethodName name) {
    ServerReflectionResponse first =
        requestAnyVersion(
            ServerReflectionRequest.newBuilder().setFileContainingSymbol(name.service()).build());
    if (first.hasErrorResponse()) {
      throw FileSet.unknownService(name, ON_THE_SERVER, services());
    }
    Map<String, FileDescriptorProto> files = new LinkedHashMap<>();
    Set<String> requested = new HashSet<>();
    Queue<FileDescriptorProto> found = new ArrayDeque<>(protos(first));
    while (!found.isEmpty()) {
      FileDescriptorProto file = found.remove();
      files.put(file.getName(), file);
      if (files.size() > MOST_FILES) {
        throw new IllegalArgumentException(
            "%s has more than %d files; set --protoset".formatted(name.service(), MOST_FILES));
      }
      // Some servers send the imports along, others do not.
      for (String imported : file.getDependencyList()) {
        if (!files.containsKey(imported)
            && found.stream().noneMatch(each -> each.getName().equals(imported))
            && requested.add(imported)) {
          found.addAll(
              protos(
                  request(
                      ServerReflectionRequest.newBuilder().setFileByFilename(imported).build())));
        }
      }
    }
    return FileSet.of(ON_THE_SERVER, files);
  }

  private List<String> services() {
    return request(ServerReflectionRequest.newBuilder().setListServices("").build())
        .getListServicesResponse()
        .getServiceList()
        .stream()
        .map(ServiceResponse::getName)
        .toList();
  }

  /** Older servers have the same messages under another name. */
  private ServerReflectionResponse requestAnyVersion(ServerReflectionRequest request) {
    try {
      return request(request);
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.UNIMPLEMENTED) {
        throw e;
      }
    }
    method =
        method.toBuilder()
            .setFullMethodName(
                io.grpc.reflection.v1alpha.ServerReflectionGrpc.getServerReflectionInfoMethod()
                    .getFullMethodName())
            .build();
    try {
      return request(request);
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.UNIMPLEMENTED) {
        throw e;
      }
      throw new IllegalArgumentException(
          "the server has no reflection, which would say what its methods are; set --protoset to a"
              + " file that says it",
          e);
    }
  }

  /** One request is one call, which the server ends after its reply. */
  private ServerReflectionResponse request(ServerReflectionRequest request) {
    Iterator<ServerReflectionResponse> replies =
        ClientCalls.blockingServerStreamingCall(channel, method, CallOptions.DEFAULT, request);
    if (!replies.hasNext()) {
      throw new IllegalArgumentException("the reflection of the server sends no reply");
    }
    return replies.next();
  }

  private static List<FileDescriptorProto> protos(ServerReflectionResponse response) {
    if (response.hasErrorResponse()) {
      throw new IllegalArgumentException(
          "the reflection of the server does not work: "
              + response.getErrorResponse().getErrorMessage());
    }
    return response.getFileDescriptorResponse().getFileDescriptorProtoList().stream()
        .map(Reflection::proto)
        .toList();
  }

  private static FileDescriptorProto proto(ByteString bytes) {
    try {
      return FileDescriptorProto.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("the reflection of the server sends a wrong file", e);
    }
  }
}

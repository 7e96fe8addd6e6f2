package io.loadonce.v1;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

/** What is in the jar beside the stubs. */
class ContractTest {

  @Test
  void stubs_anyService_areJava17ClassFiles() throws IOException {
    try (DataInputStream stub = new DataInputStream(open("ResourceServiceGrpc.class"))) {
      assertThat(stub.readInt()).isEqualTo(0xCAFEBABE);
      assertThat(stub.readUnsignedShort()).as("minor version").isZero();
      assertThat(stub.readUnsignedShort()).as("major version").isEqualTo(61);
    }
  }

  @Test
  void jar_toolsWithoutStubs_holdsTheProtoAndItsDescriptors() throws IOException {
    try (InputStream proto = open("/loadonce/v1/resource_service.proto")) {
      assertThat(new String(proto.readAllBytes(), "UTF-8")).contains("service ResourceService {");
    }
    try (InputStream descriptors = open("/loadonce/v1/loadonce.binpb")) {
      assertThat(FileDescriptorSet.parseFrom(descriptors).getFileList())
          .extracting(FileDescriptorProto::getName)
          .contains("loadonce/v1/resource_service.proto", "google/rpc/status.proto");
    }
  }

  private static InputStream open(String name) {
    return ResourceServiceGrpc.class.getResourceAsStream(name);
  }
}

package io.loadonce.v1;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the jar holds: stubs for Java 17, and the contract for tools and for other languages. */
class ContractTest {

  private static final String CONTRACT = "loadonce/v1/resource_service.proto";
  private static final String DESCRIPTORS = "loadonce/v1/loadonce.binpb";

  /** What protoc and each of its plugins have themselves. */
  private static final String WELL_KNOWN = "google/protobuf/";

  @Test
  void stubs_anyService_areJava17ClassFiles() throws Exception {
    try (InputStream file =
            Files.newInputStream(inJar("io/loadonce/v1/ResourceServiceGrpc.class"));
        DataInputStream stub = new DataInputStream(file)) {
      assertThat(stub.readInt()).isEqualTo(0xCAFEBABE);
      assertThat(stub.readUnsignedShort()).as("minor version").isZero();
      assertThat(stub.readUnsignedShort()).as("major version").isEqualTo(61);
    }
  }

  /** The descriptors name every file that the contract needs, so none can be forgotten here. */
  @Test
  void jar_anyLanguage_holdsEveryProtoThatProtocLacks() throws Exception {
    List<String> needed =
        descriptors().stream()
            .map(FileDescriptorProto::getName)
            .filter(name -> !name.startsWith(WELL_KNOWN))
            .toList();

    assertThat(needed)
        .contains(CONTRACT, "google/rpc/status.proto")
        .allSatisfy(name -> assertThat(inJar(name)).isNotEmptyFile());
  }

  /** Without them no tool can print the details of an error. */
  @Test
  void descriptors_detailsOfErrors_areThere() throws Exception {
    assertThat(descriptors())
        .flatExtracting(FileDescriptorProto::getMessageTypeList)
        .extracting(DescriptorProto::getName)
        .contains("ErrorInfo", "RetryInfo", "Status");
  }

  @Test
  void contract_languagesThatNeedAName_areNamed() throws Exception {
    FileDescriptorProto contract =
        descriptors().stream()
            .filter(file -> file.getName().equals(CONTRACT))
            .findAny()
            .orElseThrow();

    assertThat(contract.getOptions().getGoPackage())
        .isEqualTo("loadonce.io/loadonce/v1;loadoncev1");
    assertThat(contract.getOptions().getCsharpNamespace()).isEqualTo("Loadonce.V1");
    assertThat(contract.getOptions().getJavaPackage()).isEqualTo("io.loadonce.v1");
  }

  private static List<FileDescriptorProto> descriptors() throws Exception {
    return FileDescriptorSet.parseFrom(Files.readAllBytes(inJar(DESCRIPTORS))).getFileList();
  }

  /** A file of our own jar, and not one of the same name in another. */
  private static Path inJar(String name) throws IOException, URISyntaxException {
    Path classes =
        Path.of(
            ResourceServiceGrpc.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    return classes.resolve(name);
  }
}

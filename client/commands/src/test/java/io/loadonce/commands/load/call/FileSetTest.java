package io.loadonce.commands.load.call;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import io.grpc.health.v1.HealthProto;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FileSetTest {

  @Test
  void of_importIsMissing_saysWhichAndHowToAddIt() {
    assertWrong("a.proto imports b.proto, which is not in x; protoc adds it", file("a", "b"));
  }

  @Test
  void of_filesImportEachOther_saysSo() {
    assertWrong("a.proto in x imports itself", file("a", "b"), file("b", "a"));
  }

  @Test
  void of_typeIsMissing_saysWhich() {
    FileDescriptorProto.Builder file = file("a").toBuilder();
    file.addMessageType(
        DescriptorProto.newBuilder()
            .setName("M")
            .addField(
                FieldDescriptorProto.newBuilder()
                    .setName("f")
                    .setNumber(1)
                    .setTypeName(".p.None")
                    .setType(FieldDescriptorProto.Type.TYPE_MESSAGE)));

    assertWrong("a.proto in x is wrong: M.f: \".p.None\" is not defined", file.build());
  }

  @Test
  void method_noSuchService_namesThoseThatThereAre() {
    FileSet files = of(HealthProto.getDescriptor().toProto());

    assertThatThrownBy(() -> files.method(MethodName.parse("a.B/C")))
        .hasMessage("there is no service a.B in x; there is grpc.health.v1.Health");
    assertThatThrownBy(() -> of().method(MethodName.parse("a.B/C")))
        .hasMessage("there is no service a.B in x; there is none");
  }

  private static void assertWrong(String said, FileDescriptorProto... files) {
    assertThatThrownBy(() -> of(files))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(said);
  }

  private static FileSet of(FileDescriptorProto... files) {
    return FileSet.of(
        "in x",
        Arrays.stream(files)
            .collect(Collectors.toMap(FileDescriptorProto::getName, Function.identity())));
  }

  private static FileDescriptorProto file(String name, String... imports) {
    FileDescriptorProto.Builder file =
        FileDescriptorProto.newBuilder().setName(name + ".proto").setSyntax("proto3");
    Arrays.stream(imports).forEach(each -> file.addDependency(each + ".proto"));
    return file.build();
  }
}

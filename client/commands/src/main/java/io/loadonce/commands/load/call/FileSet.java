package io.loadonce.commands.load.call;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat.TypeRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Compiled {@code .proto} files, with all files that they import. */
public final class FileSet {

  private static final int MOST_NAMES = 30;

  private final String where;
  private final Map<String, FileDescriptor> files = new LinkedHashMap<>();
  private final Set<String> linking = new HashSet<>();

  private FileSet(String where) {
    this.where = where;
  }

  /**
   * Links files with those that they import.
   *
   * @param where the files are from, as the end of a sentence
   * @throws IllegalArgumentException with one line, if one is missing or wrong
   */
  static FileSet of(String where, Map<String, FileDescriptorProto> protos) {
    FileSet set = new FileSet(where);
    protos.values().forEach(proto -> set.link(proto, protos));
    return set;
  }

  /**
   * Reads a file as {@code protoc --include_imports --descriptor_set_out} and {@code buf build}
   * write it.
   *
   * @throws UncheckedIOException with one line, if it cannot be read
   * @throws IllegalArgumentException with one line, if it has another form
   */
  public static FileSet read(Path file) {
    Map<String, FileDescriptorProto> protos = new LinkedHashMap<>();
    try {
      for (FileDescriptorProto proto :
          FileDescriptorSet.parseFrom(Files.readAllBytes(file)).getFileList()) {
        protos.put(proto.getName(), proto);
      }
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(
          "%s is not a file as protoc --descriptor_set_out or buf build writes it".formatted(file),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read --protoset " + file, e);
    }
    return of("in " + file, protos);
  }

  private FileDescriptor link(FileDescriptorProto proto, Map<String, FileDescriptorProto> protos) {
    FileDescriptor linked = files.get(proto.getName());
    if (linked != null) {
      return linked;
    }
    if (!linking.add(proto.getName())) {
      throw new IllegalArgumentException("%s %s imports itself".formatted(proto.getName(), where));
    }
    FileDescriptor[] imports =
        proto.getDependencyList().stream()
            .map(name -> link(imported(name, proto, protos), protos))
            .toArray(FileDescriptor[]::new);
    try {
      FileDescriptor file = FileDescriptor.buildFrom(proto, imports);
      files.put(proto.getName(), file);
      return file;
    } catch (DescriptorValidationException e) {
      throw new IllegalArgumentException(
          "%s %s is wrong: %s".formatted(proto.getName(), where, e.getMessage()), e);
    }
  }

  private FileDescriptorProto imported(
      String name, FileDescriptorProto by, Map<String, FileDescriptorProto> protos) {
    FileDescriptorProto proto = protos.get(name);
    if (proto == null) {
      throw new IllegalArgumentException(
          "%s imports %s, which is not %s; protoc adds it with --include_imports"
              .formatted(by.getName(), name, where));
    }
    return proto;
  }

  /**
   * Finds a method.
   *
   * @throws IllegalArgumentException with one line that names those that there are
   */
  MethodDescriptor method(MethodName name) {
    List<ServiceDescriptor> services =
        files.values().stream().flatMap(file -> file.getServices().stream()).toList();
    ServiceDescriptor service =
        services.stream()
            .filter(each -> each.getFullName().equals(name.service()))
            .findFirst()
            .orElseThrow(
                () ->
                    unknownService(
                        name, where, services.stream().map(each -> each.getFullName()).toList()));
    MethodDescriptor method = service.findMethodByName(name.method());
    if (method == null) {
      throw new IllegalArgumentException(
          "%s has no method %s; it has %s"
              .formatted(
                  name.service(),
                  name.method(),
                  names(service.getMethods().stream().map(each -> each.getName()).toList())));
    }
    return method;
  }

  static IllegalArgumentException unknownService(
      MethodName name, String where, List<String> services) {
    return new IllegalArgumentException(
        "there is no service %s %s; there is %s".formatted(name.service(), where, names(services)));
  }

  /** All messages, as JSON of {@code google.protobuf.Any} names them. */
  TypeRegistry types() {
    TypeRegistry.Builder types = TypeRegistry.newBuilder();
    files.values().forEach(file -> types.add(file.getMessageTypes()));
    return types.build();
  }

  /** Such as "a, b and 3 more". */
  static String names(List<String> all) {
    String shown = all.stream().sorted().limit(MOST_NAMES).collect(Collectors.joining(", "));
    if (all.isEmpty()) {
      return "none";
    }
    return all.size() > MOST_NAMES
        ? "%s and %d more".formatted(shown, all.size() - MOST_NAMES)
        : shown;
  }
}

package io.loadonce.commands;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.health.v1.HealthProto;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.loadonce.client.FakeServer;
import io.loadonce.client.SelfSigned;
import io.loadonce.v1.GetRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code load --call}: any method of any server. */
class LoadCallTest {

  private static final String GET = "loadonce.v1.ResourceService/Get";
  private static final String CHECK = "grpc.health.v1.Health/Check";

  @TempDir private Path directory;

  private final FakeServer server = new FakeServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void call_templates_reachTheServer() {
    String data =
        """
        {"id": "{{id}}", "lookup": "l{{sequence}}", "key": ["a\\"{{id}}"], "maxAge": "{{random:1..9}}s"}
        """;

    CommandRun run =
        load(
            "--call",
            GET,
            "--data",
            data,
            "--ids",
            "1..4",
            "--pick",
            "sequential",
            "--count",
            "400");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(server.requests.stream().collect(groupingBy(GetRequest::getId, counting())))
        .isEqualTo(Map.of("1", 100L, "2", 100L, "3", 100L, "4", 100L));
    assertThat(server.requests).allMatch(each -> each.getKey(0).equals("a\"" + each.getId()));
    assertThat(server.requests)
        .extracting(GetRequest::getLookup)
        .doesNotHaveDuplicates()
        .contains("l0", "l399");
    assertThat(
            server.requests.stream()
                .map(each -> each.getMaxAge().getSeconds())
                .collect(groupingBy(identity(), counting())))
        .containsOnlyKeys(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    assertThat(run.out())
        .contains("server during the test: unknown: --admin is not set", "OK |   400 |")
        .doesNotContain("MEMORY");
  }

  @Test
  void call_sameSeed_picksTheSameIds() {
    List<List<String>> ids = new ArrayList<>();
    for (String seed : List.of("1", "1", "2")) {
      server.requests.clear();
      load(
          "--call",
          GET,
          "--data",
          "{\"id\": \"{{id}}-{{random}}\"}",
          "--ids",
          "1..1000",
          "--count",
          "50",
          "--callers",
          "1",
          "--seed",
          seed);
      ids.add(server.requests.stream().map(GetRequest::getId).toList());
    }

    assertThat(ids.get(0)).hasSize(50).isEqualTo(ids.get(1)).isNotEqualTo(ids.get(2));
  }

  @Test
  void call_anotherService_countsItsStatuses() {
    assertThat(load("--call", CHECK, "--count", "50").out()).contains("OK |    50 |");
    CommandRun unknown =
        load(
            "--call",
            CHECK,
            "--data",
            "{\"service\": \"none\"}",
            "--rate",
            "200/s",
            "--duration",
            "200ms",
            "--fail-if",
            "errors > 1%");

    assertThat(unknown.exitCode()).isEqualTo(3);
    assertThat(unknown.err())
        .contains("no call succeeded: 40 ended as NOT_FOUND", "errors > 1%: it is 100.000 %");
  }

  @Test
  void call_inventedIds_areExpectedToBeMissing() {
    CommandRun run =
        load(
            "--call",
            GET,
            "--data",
            "{\"id\": \"{{id}}\"}",
            "--ids",
            "a",
            "--missing",
            "100%",
            "--count",
            "50");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("NOT_FOUND for an invented id |    50 |");
  }

  @Test
  void call_adminIsSet_readsTheQueries() throws Exception {
    try (FakeAdmin admin = new FakeAdmin()) {
      CommandRun run =
          load(
              "--call", CHECK, "--count", "20", "--admin", admin.url(), "--fail-if", "queries > 2");

      assertThat(run.exitCode()).isEqualTo(3);
      assertThat(run.err()).contains("queries > 2: it is 3.000");
    }
  }

  @Test
  void call_serverWithoutReflection_needsAProtoset() throws Exception {
    Path types = directory.resolve("health.binpb");
    Files.write(
        types,
        FileDescriptorSet.newBuilder()
            .addFile(HealthProto.getDescriptor().toProto())
            .build()
            .toByteArray());
    try (CachingServer other = new CachingServer(/* loadsOnce= */ true)) {
      CommandRun refused = load("--target", other.target(), "--call", CHECK, "--count", "5");
      CommandRun run =
          load(
              "--target",
              other.target(),
              "--call",
              CHECK,
              "--count",
              "5",
              "--protoset",
              types.toString());

      assertThat(refused.exitCode()).isEqualTo(2);
      assertThat(refused.err())
          .isEqualTo(
              "loadonce: the server has no reflection, which would say what its methods are; set"
                  + " --protoset to a file that says it\n");
      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(run.out()).contains("OK |     5 |");
    }
  }

  @Test
  @SuppressWarnings("deprecation") // It is what older servers have.
  void call_serverWithOlderReflection_works() throws Exception {
    Server older =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(new HealthStatusManager().getHealthService())
            .addService(ProtoReflectionService.newInstance())
            .build()
            .start();
    try {
      CommandRun run =
          load("--target", "127.0.0.1:" + older.getPort(), "--call", CHECK, "--count", "5");

      assertThat(run.exitCode()).as(run.err()).isZero();
    } finally {
      older.shutdownNow();
    }
  }

  @Test
  void call_valueThatDoesNotFitLater_isAFailedCallThatIsNotSent() throws Exception {
    // Bytes in base64: "ab100" has a wrong length, which "ab10" and "ab1000000000" have not.
    Path types = directory.resolve("bytes.binpb");
    Files.write(types, getWithBytes().toByteArray());

    CommandRun run =
        load(
            "--call",
            GET,
            "--protoset",
            types.toString(),
            "--data",
            "{\"more\": \"ab{{sequence}}\"}",
            "--count",
            "200",
            "--callers",
            "1");

    assertThat(run.out()).contains("INVALID_ARGUMENT (DATA_DO_NOT_FIT) |   100 |");
    assertThat(server.requests).hasSize(100);
  }

  @Test
  void call_dataInAFile_areRead() throws Exception {
    Path file = Files.writeString(directory.resolve("get.json"), "{\n  \"id\": \"from-file\"\n}\n");

    assertThat(load("--call", GET, "--data", "@" + file, "--count", "9").exitCode()).isZero();
    assertThat(server.requests).hasSize(9).allMatch(each -> each.getId().equals("from-file"));
    CommandRun missing = load("--call", GET, "--data", "@no.json", "--count", "9");
    assertThat(missing)
        .isEqualTo(
            new CommandRun(
                1, "", "loadonce: cannot read --data from no.json: there is no such file\n"));
    CommandRun folder = load("--call", GET, "--data", "@" + directory, "--count", "9");
    assertThat(folder.err())
        .isEqualTo(
            "loadonce: cannot read --data from %s: it is a directory\n".formatted(directory));
    CommandRun noTypes = load("--call", GET, "--protoset", file.toString(), "--count", "9");
    assertThat(noTypes.err())
        .isEqualTo(
            "loadonce: %s is not a file as protoc --descriptor_set_out or buf build writes it\n"
                .formatted(file));
  }

  @Test
  void call_tls_isUsedForReflectionToo() throws Exception {
    SelfSigned certificate = SelfSigned.in(directory);
    try (FakeServer encrypted = new FakeServer(certificate.serverCredentials())) {
      CommandRun run =
          load(
              "--call",
              CHECK,
              "--count",
              "5",
              "--target",
              encrypted.target(),
              "--tls-ca",
              certificate.caFile().toString());

      assertThat(run.exitCode()).as(run.err()).isZero();
    }
  }

  @Test
  void call_noServer_saysSoAtOnce() {
    server.close();

    CommandRun run = load("--call", CHECK, "--duration", "1h");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines())
        .singleElement()
        .asString()
        .startsWith("loadonce: " + server.target() + ": UNAVAILABLE: cannot connect: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          --call Get                              | --call is 'Get' but must be package.Service/Method, such as grpc.health.v1.Health/Check
          --call grpc.health.v1.Health/Chek       | grpc.health.v1.Health has no method Chek; it has Check, Watch
          --call grpc.health.v1.Helth/Check       | there is no service grpc.health.v1.Helth on the server; there is grpc.health.v1.Health, grpc.reflection.v1.ServerReflection, loadonce.v1.ResourceService
          --call grpc.health.v1.Health/Watch      | grpc.health.v1.Health/Watch is a streaming method; --call is for a method with one request and one reply
          --data {"id":"1"}                       | --data and --protoset need --call
          --protoset a.binpb                      | --data and --protoset need --call
          --call a.B/C --lookup a                 | --call sends the request of --data, so set it without --lookup
          --call a.B/C --batch 2                  | --call sends the request of --data, so set it without --batch
          --call a.B/C --min-version 1            | --call sends the request of --data, so set it without --min-version
          --call a.B/C --max-age 1s               | --call sends the request of --data, so set it without --max-age
          --call a.B/C --affinity 1               | --call sends the request of --data, so set it without --affinity
          --call a.B/C --invalidate 1/s           | --call sends the request of --data, so set it without --invalidate
          --call a.B/C --scenario steady          | --call sends the request of --data, so set it without --scenario
          --call a.B/C --fail-if queries>1        | with --call, a --fail-if of queries or loads needs --admin, the admin port of the server
          --call grpc.health.v1.Health/Check --ids 1..2                       | --data has no {{id}}, so set it without --ids
          --call grpc.health.v1.Health/Check --data {"service":"{{id}}"}      | --data has {{id}}; set --ids or --ids-file
          --call grpc.health.v1.Health/Check --data {"service":"{{id}}"} --ids sample | --ids sample needs --admin, the admin port of the server
          --call grpc.health.v1.Health/Check --data {"service":"{{i}}"}       | --data, line 1, column 13: there is no template {{i}}; there is {{id}}, {{sequence}}, {{random}} and {{random:1..100}}
          --call grpc.health.v1.Health/Check --data {"name":"a"}              | --data: grpc.health.v1.HealthCheckRequest has no field name; it has service
          """)
  void call_flagIsWrong_saysSoOnOneLineAndExitsWith2(String flags, String said) {
    CommandRun run = load(flags.split(" "));

    assertThat(run).isEqualTo(new CommandRun(2, "", "loadonce: " + said + "\n"));
  }

  /** A request with bytes that the server does not know. */
  private static FileDescriptorSet getWithBytes() {
    return FileDescriptorSet.newBuilder()
        .addFile(
            FileDescriptorProto.newBuilder()
                .setName("other.proto")
                .setPackage("loadonce.v1")
                .setSyntax("proto3")
                .addMessageType(
                    DescriptorProto.newBuilder()
                        .setName("Get")
                        .addField(
                            FieldDescriptorProto.newBuilder()
                                .setName("more")
                                .setNumber(99)
                                .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
                                .setType(FieldDescriptorProto.Type.TYPE_BYTES)))
                .addService(
                    ServiceDescriptorProto.newBuilder()
                        .setName("ResourceService")
                        .addMethod(
                            MethodDescriptorProto.newBuilder()
                                .setName("Get")
                                .setInputType(".loadonce.v1.Get")
                                .setOutputType(".loadonce.v1.Get"))))
        .build();
  }

  private CommandRun load(String... arguments) {
    return CommandRun.with(
        Map.of("LOADONCE_WARM_UP", "0s", "LOADONCE_TARGET", server.target()),
        Stream.concat(Stream.of("load"), Stream.of(arguments)).toArray(String[]::new));
  }
}

package io.loadonce.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import io.loadonce.client.FakeServer;
import io.loadonce.commands.load.record.RunJson;
import io.loadonce.commands.load.record.RunRecord;
import io.loadonce.commands.load.record.Second;
import io.loadonce.v1.GetRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadCommandTest {

  @TempDir private Path directory;

  private final FakeServer server = new FakeServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void load_adminIsUnreachable_printsTheTablesAndSaysSo() {
    CommandRun run = load("--count", "500", "--admin", "http://127.0.0.1:1", "--seed", "42");

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("calls/s", "p99.9 ms", "OK", "MEMORY", "500", "seed 42")
        .contains("server during the test: unknown: http://127.0.0.1:1/metrics cannot be reached");
  }

  @Test
  void load_lookup_isNamedInEachCall() {
    CommandRun run = load("--count", "500", "--lookup", "product", "--admin", "http://127.0.0.1:1");

    assertThat(run.exitCode()).isZero();
    assertThat(server.requests).extracting(GetRequest::getLookup).containsOnly("product");
  }

  @Test
  void load_json_isOneObjectWithTheCounts() throws Exception {
    try (FakeAdmin admin = new FakeAdmin()) {
      String url = admin.url();
      CommandRun run = load("--count", "500", "--batch", "2", "--admin", url, "--json");

      assertThat(run.out().lines()).hasSize(1);
      Struct.Builder report = Struct.newBuilder();
      JsonFormat.parser().merge(run.out(), report);
      assertThat(run.out())
          .contains("\"calls\":500,", "\"statuses\":{\"OK\":500}", "\"sources\":{\"MEMORY\":1000}")
          .contains("\"server\":{\"queries\":3,\"ids_loaded\":30}");
    }
  }

  @Test
  void load_noCallSucceeds_exitsWith1() {
    CommandRun run = load("--count", "20", "--ids", "missing");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains("NOT_FOUND");
    assertThat(run.err()).isEqualTo("loadonce: no call succeeded: 20 ended as NOT_FOUND\n");
  }

  @Test
  void load_mostCallsFail_exitsWith1AndLatenciesStandApart() {
    server.failuresFirst.set(15);

    CommandRun run = load("--count", "20", "--callers", "1", "--admin", "http://127.0.0.1:1");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains("succeeded |     5 |").contains("failed |    15 |");
    assertThat(run.err())
        .isEqualTo(
            "loadonce: 75.0 % of the calls failed: 15 ended as UNAVAILABLE"
                + " (DATABASE_UNAVAILABLE)\n");
  }

  @Test
  void load_fewCallsFail_saysSoAndExitsWith0() {
    server.failuresFirst.set(5);

    CommandRun run = load("--count", "20", "--callers", "1", "--fail-if", "errors > 25%");

    assertThat(run.exitCode()).isZero();
    assertThat(run.err())
        .isEqualTo(
            "loadonce: 25.0 % of the calls failed: 5 ended as UNAVAILABLE"
                + " (DATABASE_UNAVAILABLE)\n");
  }

  @Test
  void load_thresholdsAreMissed_exitsWith3AndNamesEachOfThem() throws Exception {
    try (FakeAdmin admin = new FakeAdmin()) {
      String url = admin.url();
      CommandRun run =
          load(
              "--count",
              "20",
              "--admin",
              url,
              "--fail-if",
              "queries > 1",
              "--fail-if",
              "calls_per_second < 999999999",
              "--fail-if",
              "max > 3600s",
              "--fail-if",
              "p99 > 0us");

      assertThat(run.exitCode()).isEqualTo(3);
      assertThat(run.err().lines())
          .satisfiesExactly(
              first ->
                  assertThat(first)
                      .isEqualTo(
                          "loadonce: the load test fails by --fail-if queries > 1: it is 3.000"),
              second -> assertThat(second).contains("calls_per_second < 999999999: it is "),
              third -> assertThat(third).contains("p99 > 0us: it is ").endsWith(" ms"));
    }
  }

  @Test
  void load_thresholdWithoutAValue_exitsWith3() {
    CommandRun run =
        load("--count", "20", "--admin", "http://127.0.0.1:1", "--fail-if", "queries_per_call > 1");

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err())
        .endsWith("queries_per_call > 1: the value of queries_per_call is not known\n");
  }

  @Test
  void load_mostCallsAreUnsent_exitsWith1AndCountsThemAsErrors() {
    String flags = "--rate 5000/s --duration 200ms --callers 1 --ids silent --deadline 300ms";

    CommandRun run = load(flags.split(" "));

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo(
            "loadonce: no call succeeded: 1 ended as DEADLINE_EXCEEDED, 999 were due and not"
                + " sent\n");
    CommandRun judged = load((flags + " --fail-if errors>99.99% --fail-if unsent>998").split(" "));
    assertThat(judged.exitCode()).isEqualTo(3);
    assertThat(judged.err())
        .contains("errors>99.99%: it is 100.000 %", "unsent>998: it is 999.000");
  }

  @Test
  void load_noServer_saysSoAtOnce() {
    server.close();

    CommandRun run = load("--duration", "1h");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines())
        .singleElement()
        .asString()
        .startsWith("loadonce: " + server.target() + ": UNAVAILABLE: cannot connect: ");
  }

  @Test
  void load_idsThatAreMissing_areASuccessOnlyIfTheyAreInvented() {
    CommandRun planned = load("--count", "50", "--ids", "a", "--missing", "100%");

    assertThat(planned.exitCode()).isZero();
    assertThat(planned.err()).isEmpty();
    assertThat(planned.out()).contains("NOT_FOUND for an invented id |    50 |");
    assertThat(load("--count", "50", "--ids", "missing", "--missing", "0%").exitCode())
        .isEqualTo(1);
  }

  @Test
  void load_severalLookupsAndOptions_areInTheCalls() {
    CommandRun run =
        load(
            "--count",
            "400",
            "--lookup",
            "product=3",
            "--lookup",
            "price",
            "--ids",
            "1..4",
            "--ids",
            "price=A,B",
            "--max-age",
            "2s",
            "--pick",
            "hot:0.5/1");

    assertThat(run.exitCode()).isZero();
    assertThat(server.requests)
        .hasSize(400)
        .allMatch(each -> each.getMaxAge().getSeconds() == 2)
        .allMatch(each -> each.getId().matches(each.getLookup().equals("price") ? "[AB]" : "[1-4]"))
        .extracting(GetRequest::getLookup)
        .contains("product", "price");
  }

  @Test
  void load_fileOfIds_requestsThem(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("ids.txt"), "A-1\nA-2\n");

    assertThat(load("--count", "50", "--ids-file", file.toString()).exitCode()).isZero();
    assertThat(server.requests).extracting(GetRequest::getId).containsOnly("A-1", "A-2");
    Files.writeString(file, "\n");
    CommandRun empty = load("--count", "50", "--ids-file", file.toString());
    assertThat(empty.exitCode()).isEqualTo(2);
    assertThat(empty.err()).startsWith("loadonce: " + file + " has no ids; use a range");
    assertThat(load("--lookup", "a", "--ids", "a=1", "--lookup", "b", "--count", "1").err())
        .isEqualTo("loadonce: there are no ids for lookup b; set --ids b=…\n");
  }

  @Test
  void load_severalInstances_getConnectionsInTurn() {
    try (FakeServer second = new FakeServer()) {
      String both = server.target() + "," + second.target();
      CommandRun run = load("--count", "100", "--target", both);

      assertThat(run.exitCode()).isZero();
      assertThat(server.gets.get()).isBetween(1, 99);
      assertThat(second.gets.get()).isEqualTo(100 - server.gets.get());
      assertThat(load("--count", "9", "--connections", "1", "--target", both).err())
          .contains("connections is 1 but must be 2 or more, one for each instance");
    }
  }

  @Test
  void load_sampleOfIds_requestsThoseOfTheAdminPort() throws Exception {
    try (FakeAdmin admin = new FakeAdmin()) {
      String url = admin.url();
      CommandRun run =
          load(
              "--count",
              "100",
              "--ids",
              "sample",
              "--admin",
              url,
              "--fail-if",
              "queries_per_id > 1.4",
              "--fail-if",
              "loads_per_id > 14");

      assertThat(server.requests).extracting(GetRequest::getId).containsOnly("hot", "warm");
      assertThat(run.err()).contains("queries_per_id > 1.4: it is 1.500");
      assertThat(run.err()).contains("loads_per_id > 14: it is 15.000");
      assertThat(load("--ids", "sample", "--lookup", "none", "--admin", url))
          .isEqualTo(
              new CommandRun(
                  1,
                  "",
                  "loadonce: --ids sample: " + url + "/ids.txt?lookup=none: no such lookup\n"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          --callers 0              | callers is 0 but must be from 1 to 100000
          --batch 1001             | batch is 1001 but must be from 1 to 1000
          --count 0                | count is 0 but must be from 1 to 1000000000
          --count 1 --duration 1s  | --duration and --count are both set
          --duration 1ms           | duration is 1ms but must be from 100ms to 24h
          --warm-up 2h             | warm-up is 2h but must be from 0s to 1h
          --connections 1025       | connections is 1025 but must be from 1 to 1024
          --pick zipf:0            | pick is zipf:0.0 but the exponent must be more than 0
          --pick cold              | pick is 'cold' but must be one, sequential, uniform, zipf
          --pick hot:0.9/1         | pick has 1 hot ids but there are 1 ids; there must be more
          --missing 1              | missing is '1' but must be from 0% to 100%, such as 1%
          --missing 101%           | missing is '101%' but must be from 0% to 100%
          --max-age 9000h          | max-age is 9000h but must be from 0s to 8760h
          --lookup a=b             | lookup is 'a=b' but must be NAME or NAME=WEIGHT
          --lookup a=0             | weight of lookup a is 0 but must be from 1 to 1000000
          --lookup a --lookup a    | --lookup is set twice for a
          --lookup a --ids b=1     | there is no lookup b to request
          --ids 1 --ids 2          | --ids is set twice for all lookups
          --invalidate 2           | invalidate is '2' but must be more than 0
          --invalidate 1001/s      | invalidate is 1001.0/s but must be from 0.01 to 1000/s
          --strength all           | SENT, SEEN
          --affinity -1            | affinity is -1 but must be from 0 to 16
          --affinity 2             | affinity is 2 but must be from 0 to 1, the number of instances
          --target 127.0.0.1:1,localhost:2 --affinity 3        | affinity is 3 but must be from 0 to 2, the number
          --affinity 1 --batch 2   | --affinity sends each id to its instance, so it needs --batch 1
          --target 192.0.2.1:50051 | 192.0.2.1:50051 is not this machine; set --i-own-this-server
          --ids 9..1               | a range must go up
          --rate 10                | rate is '10' but must be more than 0
          --rate 0/s               | rate is '0/s' but must be more than 0
          --rate 1000001/s         | rate is '1000001/s' but must be more than 0 and at most 1000000/s
          --rate 1/s --plan 9/s    | --plan says the rates and the times; set it without --rate
          --fail-if p99            | 'p99' is not a threshold such as 'p99 > 20ms'
          --fail-if cold>1         | cold is not measured; use one of p50, p90, p99, p99.9, max, errors
          --fail-if p99>20         | p99 is compared with a time such as 20ms
          --fail-if errors>1       | errors is compared with a share such as 0.1%
          --fail-if queries>1%     | queries is compared with a number without a unit
          --prometheus 9464        | prometheus is '9464' but must be :PORT or HOST:PORT
          --out run.txt            | --out is 'run.txt' but must end with .json, .csv or .html
          --out no-dir/run.csv     | --out is 'no-dir/run.csv' but its directory does not exist
          --target 127.0.0.1:1,127.0.0.1:2 --scenario herd     | --target names 2 instances but --admin 1
          --target 127.0.0.1:1,127.0.0.1:2 --fail-if queries>1 | --target names 2 instances but --admin 1
          --admin nowhere          | admin is 'nowhere' but must be http://host:port
          """)
  void load_flagIsWrong_saysSoOnOneLineAndExitsWith2(String flags, String said) {
    CommandRun run = load(flags.split(" "));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err().lines()).singleElement().asString().contains(said);
    assertThat(server.gets).hasValue(0);
  }

  @Test
  void load_severalFiles_haveWhatWasMeasured() throws Exception {
    Path json = directory.resolve("run.json");
    Path csv = directory.resolve("run.CSV");
    server.failuresFirst.set(5);

    CommandRun run =
        load(
            "--count",
            "500",
            "--admin",
            "http://127.0.0.1:1",
            "--out",
            json.toString(),
            "--out",
            csv.toString(),
            "--fail-if",
            "errors > 0.1%");

    assertThat(run.exitCode()).isEqualTo(3);
    RunRecord record = RunJson.read(json);
    assertThat(record.statuses())
        .isEqualTo(Map.of("OK", 495L, "UNAVAILABLE (DATABASE_UNAVAILABLE)", 5L));
    assertThat(record.succeeded().getTotalCount()).isEqualTo(495);
    assertThat(record.seconds().stream().mapToLong(Second::sent).sum()).isEqualTo(500);
    assertThat(record.server()).isNull();
    assertThat(record.thresholds())
        .containsExactly(new RunRecord.Threshold("errors > 0.1%", "errors > 0.1%: it is 1.000 %"));
    assertThat(record.drivers().getFirst().command()).contains("--count", "500");
    assertThat(csv)
        .content()
        .startsWith("second,duration_seconds,sent,succeeded,failed,unsent,p50_ms,")
        .contains(",500,495,5,0,")
        .endsWith(",,,\n");
  }

  private CommandRun load(String... arguments) {
    // In the environment, because some tests set the flag.
    return CommandRun.with(
        Map.of("LOADONCE_WARM_UP", "0s", "LOADONCE_TARGET", server.target()),
        Stream.concat(Stream.of("load"), Stream.of(arguments)).toArray(String[]::new));
  }
}

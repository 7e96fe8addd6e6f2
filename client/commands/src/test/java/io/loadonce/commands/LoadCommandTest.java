package io.loadonce.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import com.sun.net.httpserver.HttpServer;
import io.loadonce.client.FakeServer;
import io.loadonce.commands.load.record.RunJson;
import io.loadonce.commands.load.record.RunRecord;
import io.loadonce.commands.load.record.Second;
import io.loadonce.v1.GetRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
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
    HttpServer admin = admin();
    try {
      String url = "http://127.0.0.1:" + admin.getAddress().getPort();

      CommandRun run = load("--count", "500", "--batch", "2", "--admin", url, "--json");

      assertThat(run.out().lines()).hasSize(1);
      Struct.Builder report = Struct.newBuilder();
      JsonFormat.parser().merge(run.out(), report);
      assertThat(run.out())
          .contains("\"calls\":500,", "\"statuses\":{\"OK\":500}", "\"sources\":{\"MEMORY\":1000}")
          .contains("\"server\":{\"queries\":3,\"ids_loaded\":30}");
    } finally {
      admin.stop(0);
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
        .isEqualTo("loadonce: 75.0 % of the calls failed: 15 ended as UNAVAILABLE\n");
  }

  @Test
  void load_fewCallsFail_saysSoAndExitsWith0() {
    server.failuresFirst.set(5);

    CommandRun run = load("--count", "20", "--callers", "1", "--fail-if", "errors > 25%");

    assertThat(run.exitCode()).isZero();
    assertThat(run.err())
        .isEqualTo("loadonce: 25.0 % of the calls failed: 5 ended as UNAVAILABLE\n");
  }

  @Test
  void load_thresholdsAreMissed_exitsWith3AndNamesEachOfThem() throws Exception {
    HttpServer admin = admin();
    try {
      String url = "http://127.0.0.1:" + admin.getAddress().getPort();

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
    } finally {
      admin.stop(0);
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          --callers 0              | callers is 0 but must be from 1 to 100000
          --batch 1001             | batch is 1001 but must be from 1 to 1000
          --count 0                | count is 0 but must be 1 or more
          --count 1 --duration 1s  | --duration and --count are both set
          --duration 1ms           | duration is 1ms but must be from 100ms to 24h
          --warm-up 2h             | warm-up is 2h but must be from 0s to 1h
          --connections 1025       | connections is 1025 but must be from 1 to 1024
          --pick zipf --exponent 0 | exponent is 0.0 but must be more than 0
          --pick cold              | hot, uniform, zipf
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
          --out run.txt            | --out is 'run.txt' but must end with .json, .csv or .html
          --out no-dir/run.csv     | --out is 'no-dir/run.csv' but its directory does not exist
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
    assertThat(record.statuses()).isEqualTo(Map.of("OK", 495L, "UNAVAILABLE", 5L));
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

  private static HttpServer admin() throws Exception {
    AtomicInteger reads = new AtomicInteger();
    HttpServer admin =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    admin.createContext(
        "/metrics",
        exchange -> {
          int read = reads.incrementAndGet();
          String metrics =
              "loadonce_queries_total %d.0%nloadonce_ids_loaded_total %d.0%n"
                  .formatted(read * 3, read * 30);
          byte[] body = metrics.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    admin.start();
    return admin;
  }

  private CommandRun load(String... arguments) {
    // In the environment, because some tests set the flag.
    return CommandRun.with(
        Map.of("LOADONCE_WARM_UP", "0s"),
        Stream.concat(Stream.of("load", "--target", server.target()), Stream.of(arguments))
            .toArray(String[]::new));
  }
}

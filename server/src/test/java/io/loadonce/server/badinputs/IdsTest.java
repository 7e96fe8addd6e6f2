package io.loadonce.server.badinputs;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.loadonce.db.CountedDatabase;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.BatchGetResult;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.ResourceServiceGrpc;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids of a text column that nobody has, or that are made to do harm. */
class IdsTest {

  private static final String QUERY = "SELECT id, name FROM place WHERE id IN (:ids)";

  /** In seconds; the messages may be large. */
  private static final int DEADLINE = 20;

  private static JudgedService judged;
  private static long cities;

  @BeforeAll
  static void start() throws Exception {
    CountedDatabase database = CountedDatabase.h2();
    cities = database.number("SELECT COUNT(*) FROM city");
    database.execute("CREATE TABLE place(id varchar(300) PRIMARY KEY, name varchar)");
    database.execute("INSERT INTO place SELECT CAST(id AS varchar), name FROM city");
    database.execute(
        "CREATE TRIGGER read_place BEFORE SELECT ON place CALL"
            + " 'io.loadonce.db.CountedH2$ReadTrigger'");
    judged = JudgedService.on(database, QUERY, Map.of("--key-type", "text"));
    // Caches the row of the neighbour, whose load is no query of a test.
    judged.judgeNothing();
  }

  @AfterAll
  static void stop() throws Exception {
    judged.close();
  }

  @BeforeEach
  void reset() {
    judged.database().reset();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\u0000",
        "a\u0000",
        "a\rb",
        "a\nb",
        "\u001b[31m",
        "\t",
        "\u007f",
        "\u0085",
        "\u009b31m"
      })
  void id_emptyOrControlCharacters_isInvalidWithoutQuery(String id) {
    assertThat(get(id)).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(batch(List.of(id))).containsExactly(Status.Code.INVALID_ARGUMENT);
    assertThat(invalidate(id)).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(judged.database().queries()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {257, 10_000, 500_000})
  void id_over256Bytes_isInvalidWithoutQuery(int length) {
    assertThat(get("1".repeat(length))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(get("é".repeat(length / 2 + 1))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(judged.database().queries()).isZero();
  }

  @Test
  void id_of1Mebibyte_isOverTheMessageLimit() {
    assertThat(get("1".repeat(1 << 20))).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(judged.database().queries()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "' OR 1=1 --",
        "1' OR '1'='1",
        "'; DROP TABLE city; --",
        "2988507'--",
        "2988507 ",
        " 2988507",
        "$1",
        "?",
        ":ids",
        "{fn now()}",
        "%",
        "_______",
        "%00",
        "\\",
        "\\'",
        "../../etc/passwd",
        "${jndi:ldap://192.0.2.1/a}",
        "{}",
        "{0}",
        "%n%s%x",
        "NULL",
        "\u2028",
        "\u202e",
        "\ufeff",
        "\uffff",
        "２９８８５０７",
        "😀",
      })
  void id_writtenAsSomethingElse_isNotFoundWithOneQuery(String id) {
    assertThat(get(id)).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(get(id)).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(judged.database().queries()).isEqualTo(1);
    assertThat(judged.database().number("SELECT COUNT(*) FROM place")).isEqualTo(cities);
  }

  /** The check above can fail: the id itself is found. */
  @Test
  void id_ofACity_isFound() {
    assertThat(get("2988507")).isEqualTo(Status.Code.OK);
  }

  @Test
  void ids_manyOfOneHashCode_costNoMoreThanOthers() {
    List<String> equal = withOneHashCode(16_384);
    List<String> others = IntStream.range(0, equal.size()).mapToObj("x-%031d"::formatted).toList();
    assertThat(equal.stream().map(String::hashCode).distinct()).hasSize(1);
    // The first run compiles what both of them use.
    nanosOf(IntStream.range(0, equal.size()).mapToObj("y-%031d"::formatted).toList());

    long othersNanos = nanosOf(others);
    long equalNanos = nanosOf(equal);

    assertThat(equalNanos).isLessThan(3 * othersNanos);
  }

  private static long nanosOf(List<String> ids) {
    long beganNanos = System.nanoTime();
    for (int at = 0; at < ids.size(); at += 512) {
      assertThat(batch(ids.subList(at, at + 512))).containsOnly(Status.Code.NOT_FOUND);
    }
    return System.nanoTime() - beganNanos;
  }

  /** "Aa" and "BB" have the same hash code, and so have all texts of so many of them. */
  private static List<String> withOneHashCode(int count) {
    List<String> texts = List.of("");
    while (texts.size() < count) {
      texts = texts.stream().flatMap(text -> Stream.of(text + "Aa", text + "BB")).toList();
    }
    return texts;
  }

  private static Status.Code get(String id) {
    return judged.judge(() -> code(() -> stub().get(GetRequest.newBuilder().setId(id).build())));
  }

  private static Status.Code invalidate(String id) {
    return judged.judge(
        () -> code(() -> stub().invalidate(InvalidateRequest.newBuilder().addIds(id).build())));
  }

  private static List<Status.Code> batch(List<String> ids) {
    return judged.judge(
        () -> {
          List<Status.Code> codes = new ArrayList<>();
          for (BatchGetResult result :
              stub()
                  .batchGet(BatchGetRequest.newBuilder().addAllIds(ids).build())
                  .getResultsList()) {
            codes.add(Status.fromCodeValue(result.getStatus().getCode()).getCode());
          }
          return codes;
        });
  }

  private static Status.Code code(Runnable call) {
    try {
      call.run();
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  private static ResourceServiceGrpc.ResourceServiceBlockingStub stub() {
    return ResourceServiceGrpc.newBlockingStub(judged.service().channel())
        .withDeadlineAfter(DEADLINE, TimeUnit.SECONDS);
  }
}

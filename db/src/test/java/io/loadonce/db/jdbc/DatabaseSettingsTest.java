package io.loadonce.db.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.db.InvalidSettingException;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DatabaseSettingsTest {

  private static final DatabaseSettings SHOP =
      DatabaseSettings.of("jdbc:postgresql://localhost/shop", "reader", "s3cret");

  @Test
  void of_limits_areTheDefaults() {
    assertThat(SHOP)
        .isEqualTo(
            new DatabaseSettings(
                "jdbc:postgresql://localhost/shop",
                "reader",
                SHOP.password(),
                /* poolSize= */ 8,
                /* connectTimeout= */ Duration.ofSeconds(1),
                /* queryTimeout= */ Duration.ofSeconds(5),
                /* maxQueryBytes= */ 16 << 20));
  }

  @Test
  void url_readOnlyAlways_isRefused() {
    assertRefused(
        () -> DatabaseSettings.of("jdbc:postgresql://h/a?ssl=true&readOnlyMode=always", "", ""),
        "db-url: readOnlyMode=always is not allowed, since");
  }

  @Test
  void readOnly_urlHasOptions_keepsThem() {
    assertThat(JdbcUrl.readOnly("jdbc:postgresql://h/a?options=-c%20jit%3Doff&ssl=true"))
        .isEqualTo(
            "jdbc:postgresql://h/a?options=-c%20jit%3Doff%20-c%20default_transaction_read_only%3Don"
                + "&ssl=true");
    for (String same :
        List.of(
            "jdbc:postgresql://h/a?ssl=true",
            "jdbc:postgresql://h/a?options=-c%20jit%3Doff&readOnlyMode=ignore",
            "jdbc:postgresql://h/a?options=-c%20jit%3Doff&readOnlyMode=transaction")) {
      assertThat(JdbcUrl.readOnly(same)).isEqualTo(same);
    }
  }

  @Test
  void toString_passwordSet_isMasked() {
    assertThat(SHOP.toString()).contains("password=****").doesNotContain("s3cret");
  }

  @Test
  void new_valueOutOfRange_namesTheKey() {
    assertRefused(() -> SHOP.withPoolSize(0), "pool-size: must be 1 to 1000, not 0");
    assertRefused(
        () -> SHOP.withConnectTimeout(Duration.ZERO),
        "connect-timeout: must be 250 ms to 600000 ms, not 0");
    assertRefused(
        () -> SHOP.withQueryTimeout(Duration.ofHours(1)),
        "query-timeout: must be 250 ms to 600000 ms, not");
    assertRefused(
        () -> SHOP.withMaxQueryBytes(1), "max-query-bytes: must be at least 65536, not 1");
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
        "jdbc:mariadb://localhost/a",
        "jdbc:mariadb:replication://h1:3306,h2:3306/a?sslMode=verify-full&serverSslCert=ca.pem",
      })
  void url_safe_isTaken(String url) {
    assertThatCode(() -> DatabaseSettings.of(url, "", "")).doesNotThrowAnyException();
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
          jdbc:postgresql://u:hunter2@h/a                       | must not contain a user or a password; set db-user and db-password-file
          jdbc:postgresql://h/a?user=u&password=hunter2         | user is not allowed in a PostgreSQL URL; set db-user and db-password-file
          jdbc:mariadb://h/a?allowLocalInfile=true              | allowLocalInfile is not allowed in a MariaDB URL
          jdbc:mariadb://h/a?sslMode=trust&allowMultiQueries    | allowMultiQueries is not allowed in a MariaDB URL
          jdbc:mariadb://h/a?initSql=x                          | initSql is not allowed in a MariaDB URL
          jdbc:mariadb://h/a?socketFactory=x.Y                  | socketFactory is not allowed in a MariaDB URL
          jdbc:mariadb://h/a?tinyInt1isBit=false                | tinyInt1isBit is not allowed in a MariaDB URL
          jdbc:mariadb://h/a?user=u&password=hunter2            | user is not allowed in a MariaDB URL; set db-user and db-password-file
          jdbc:mariadb://address=(host=h)(localSocket=/x)/a     | a MariaDB URL must be like jdbc:mariadb://host:3306/database
          jdbc:mysql://h/a?permitMysqlScheme&localSocket=/x     | permitMysqlScheme is not allowed in a JDBC URL
          jdbc:mysql://h/a                                      | no JDBC driver accepts this jdbc:mysql: URL; put the jar of its driver into the folder drivers beside ./loadonce
          jdbc:nosuch://h/a                                     | no JDBC driver accepts this jdbc:nosuch: URL; put the jar of its driver into the folder drivers beside ./loadonce
          postgres://h/a                                        | not a JDBC URL; write it like jdbc:postgresql://
          """)
  void url_unsafe_namesTheKey(String url, String problem) {
    assertRefused(() -> DatabaseSettings.of(url, "", ""), "db-url: " + problem);
  }

  private static void assertRefused(ThrowingCallable settings, String message) {
    assertThatThrownBy(settings)
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith(message)
        .hasMessageNotContaining("hunter2")
        .message()
        .hasLineCount(1);
  }
}

package io.loadonce.db.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.Properties;
import org.junit.jupiter.api.Test;

final class ConnectFailureTest {

  private static final String URL = "jdbc:postgresql://127.0.0.1:5432/shop?sslmode=require";

  @Test
  void describe_wrongPassword_namesDatabaseAndUser() {
    SQLException failure = new SQLException("password authentication failed", "28P01");

    assertThat(ConnectFailure.describe(URL, properties(), failure))
        .isEqualTo(
            "login to 127.0.0.1:5432/shop as reader failed: password authentication failed"
                + " (28P01)");
  }

  @Test
  void describe_refused_isOneLineWithoutTheParameters() {
    SQLException failure = new SQLException("Connection refused.\n  Check the port.", "08001");

    assertThat(ConnectFailure.describe(URL, properties(), failure))
        .isEqualTo(
            "connection to 127.0.0.1:5432/shop as reader failed: Connection refused. Check the"
                + " port. (08001)");
  }

  @Test
  void describe_messageHoldsThePassword_masksIt() {
    SQLException failure = new SQLException("bad: s3cret", "08001");

    assertThat(ConnectFailure.describe(URL, properties(), failure))
        .doesNotContain("s3cret")
        .contains("bad: ****");
  }

  private static Properties properties() {
    Properties properties = new Properties();
    properties.setProperty("user", "reader");
    properties.setProperty("password", "s3cret");
    return properties;
  }
}

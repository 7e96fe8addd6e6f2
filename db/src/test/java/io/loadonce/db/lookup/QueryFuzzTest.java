package io.loadonce.db.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.loadonce.db.InvalidSettingException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.h2.jdbc.JdbcPreparedStatement;

/** Queries: what is accepted is one SELECT with one place for ids, if H2 accepts it, too. */
class QueryFuzzTest {

  private static final Connection H2 = connection();

  @FuzzTest
  void parse_anyText_isOneSelectOrRefused(byte[] input) throws SQLException {
    SelectByIds query;
    try {
      query = SelectByIds.parse(new String(input, StandardCharsets.UTF_8));
    } catch (InvalidSettingException e) {
      assertThat(e.getMessage()).startsWith("query: ");
      return;
    }
    // Parsed again it is the same query.
    assertThat(SelectByIds.parse(query.toString())).isEqualTo(query);
    PreparedStatement statement;
    try {
      statement = H2.prepareStatement(query.sql(2));
    } catch (SQLException _) {
      return;
    }
    try (statement) {
      assertThat(statement.getParameterMetaData().getParameterCount())
          .isEqualTo(query.usesArray() ? 1 : 2);
      assertThat(statement.unwrap(JdbcPreparedStatement.class).getMetaData()).isNotNull();
    }
  }

  private static Connection connection() {
    try {
      Connection connection = DriverManager.getConnection("jdbc:h2:mem:fuzz");
      try (PreparedStatement table =
          connection.prepareStatement("CREATE TABLE t(id bigint PRIMARY KEY, a varchar)")) {
        table.execute();
      }
      return connection;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}

package io.loadonce.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A service does not start if the database cannot report the changes of a watched table. */
@Tag("slow")
class ListenStartTest {

  @Test
  void listen_toAView_isOneLineAndExit2() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
      try (Connection connection = postgres.getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE item (id bigint PRIMARY KEY, name text)");
        statement.execute("CREATE VIEW items AS SELECT * FROM item");
      }
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      PrintStream lines = new PrintStream(err, /* autoFlush= */ true, StandardCharsets.UTF_8);
      String url = postgres.getJdbcUrl("postgres", "postgres").replaceFirst("\\?.*", "");
      int exit =
          Main.run(
              List.of(
                  "--listen",
                  "--port=0",
                  "--admin-port=0",
                  "--db-url=" + url,
                  "--db-user=postgres",
                  "--query=SELECT id, name FROM items WHERE id IN (:ids)"),
              Map.of(),
              System.out,
              lines);
      assertThat(exit).isEqualTo(2);
      assertThat(err.toString(StandardCharsets.UTF_8).lines())
          .singleElement()
          .asString()
          .contains("changes: items(id) of the lookup default: it is not a table");
    }
  }
}

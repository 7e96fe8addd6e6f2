package io.loadonce.bench.reliability.outages;

import io.loadonce.bench.freshness.VersionTable;
import io.loadonce.bench.freshness.VersionTable.Interruption;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** What happens to the database, or to the way there. */
enum Way {
  KILLED("killed"),
  FROZEN("frozen"),
  BLACK_HOLE("black hole"),
  READ_ONLY("read-only"),
  NO_CONNECTION("out of connections");

  /** The role of the service, which is no administrator. */
  static final String ROLE = "reader";

  private static final String CREATE_ROLE =
      "CREATE ROLE reader LOGIN; GRANT SELECT ON item TO reader";
  private static final String END_CONNECTIONS =
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reader'";

  private final String text;

  Way(String text) {
    this.text = text;
  }

  /** Makes the role of the service. */
  static void prepare(VersionTable table) throws SQLException {
    table.execute(CREATE_ROLE);
  }

  /** What a new connection of the role says of {@code transaction_read_only}: on or off. */
  static String readOnly(VersionTable table) throws SQLException {
    try (Connection connection = DriverManager.getConnection(table.url(), ROLE, "");
        Statement statement = connection.createStatement();
        ResultSet answer = statement.executeQuery("SHOW transaction_read_only")) {
      return answer.next() ? answer.getString(1) : "no answer";
    }
  }

  /** Whether rows can be loaded meanwhile. */
  boolean canLoad() {
    return this == READ_ONLY;
  }

  /** The port of the database as the service sees it. */
  int port(VersionTable table, Relay relay) {
    return this == BLACK_HOLE ? relay.port() : table.port();
  }

  Interruption begin(VersionTable table, Relay relay) throws IOException, SQLException {
    return switch (this) {
      case KILLED -> table.kill();
      case FROZEN -> table.freeze();
      case BLACK_HOLE -> {
        relay.fallSilent();
        yield relay::speak;
      }
      case READ_ONLY -> {
        table.execute("ALTER SYSTEM SET default_transaction_read_only = on");
        table.execute("SELECT pg_reload_conf()");
        table.execute(END_CONNECTIONS);
        yield () -> {
          table.execute("ALTER SYSTEM RESET default_transaction_read_only");
          table.execute("SELECT pg_reload_conf()");
        };
      }
      case NO_CONNECTION -> {
        table.execute("ALTER ROLE reader CONNECTION LIMIT 0");
        table.execute(END_CONNECTIONS);
        yield () -> table.execute("ALTER ROLE reader CONNECTION LIMIT -1");
      }
    };
  }

  @Override
  public String toString() {
    return text;
  }
}

package io.loadonce.db;

import io.loadonce.db.jdbc.EmbeddedCities;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.h2.api.Trigger;
import org.h2.command.Command;
import org.h2.engine.SessionLocal;
import org.h2.expression.ParameterInterface;
import org.h2.jdbc.JdbcConnection;

/** H2 counts with a trigger that it fires once for each statement that reads the table. */
public final class CountedH2 extends CountedDatabase {

  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final Map<String, ReadCounts> COUNTS = new ConcurrentHashMap<>();

  private static final Method CHECK_CANCELED = checkCanceled();

  private final String name;
  private final ReadCounts counts = new ReadCounts();

  CountedH2() throws SQLException {
    this("counted" + NUMBER.incrementAndGet());
  }

  private CountedH2(String name) throws SQLException {
    super("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1;DATABASE_TO_LOWER=TRUE", "sa");
    this.name = name;
    COUNTS.put(name, counts);
    EmbeddedCities.create(admin());
    execute("CREATE TRIGGER read BEFORE SELECT ON city CALL '" + ReadTrigger.class.getName() + "'");
    execute("CREATE ALIAS pause FOR '" + CountedH2.class.getName() + ".pause'");
    execute("CREATE ALIAS fail FOR '" + CountedH2.class.getName() + ".fail'");
  }

  /** LIMIT is worked out once for each statement, whatever rows there are. */
  @Override
  public String slowQuery(Duration delay) {
    return CITY + " LIMIT pause(" + delay.toMillis() + ")";
  }

  @Override
  public String failingQuery(Duration delay) {
    return CITY + " LIMIT fail(" + delay.toMillis() + ")";
  }

  @Override
  public long queries() {
    return counts.queries();
  }

  @Override
  public Map<String, Long> loadsPerId() {
    return counts.loadsPerId();
  }

  @Override
  public void reset() {
    counts.reset();
  }

  @Override
  public long runningStatements() {
    return number(
        "SELECT COUNT(*) FROM information_schema.sessions"
            + " WHERE executing_statement LIKE '%city%' AND session_id <> SESSION_ID()");
  }

  @Override
  public void cutConnections() {
    number(
        "SELECT COUNT(ABORT_SESSION(session_id)) FROM information_schema.sessions"
            + " WHERE session_id <> SESSION_ID()");
  }

  @Override
  public void close() throws IOException, SQLException {
    execute("SHUTDOWN IMMEDIATELY");
    COUNTS.remove(name);
    super.close();
  }

  /** Called by H2. Waits as H2 does: a cancelled statement ends the wait. */
  public static long pause(Connection connection, long millis) throws SQLException {
    SessionLocal session = session(connection);
    long end = System.nanoTime() + Duration.ofMillis(millis).toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(1_000_000);
      session.checkCanceled();
      checkCancelled(session.getCurrentCommand());
    }
    return Integer.MAX_VALUE;
  }

  /** H2 asks both between rows: the time-out is the session's, the cancel is the command's. */
  private static void checkCancelled(Command command) throws SQLException {
    try {
      CHECK_CANCELED.invoke(command);
    } catch (InvocationTargetException e) {
      throw new SQLException("cancelled", "57014", e);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Method checkCanceled() {
    try {
      Method method = Command.class.getDeclaredMethod("checkCanceled");
      method.setAccessible(true);
      return method;
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Called by H2. */
  public static long fail(Connection connection, long millis) throws SQLException {
    pause(connection, millis);
    throw new SQLException("planted failure", "45000");
  }

  private static SessionLocal session(Connection connection) {
    return (SessionLocal) ((JdbcConnection) connection).getSession();
  }

  /** Called by H2. */
  public static final class ReadTrigger implements Trigger {
    @Override
    public void fire(Connection connection, Object[] oldRow, Object[] newRow) throws SQLException {
      SessionLocal session = session(connection);
      Command command = session.getCurrentCommand();
      List<String> ids = new ArrayList<>();
      for (ParameterInterface parameter : command.getParameters()) {
        ids.add(parameter.getParamValue().getString());
      }
      ReadCounts counts = COUNTS.get(session.getDatabase().getShortName());
      if (counts == null) {
        throw new SQLException("not a counted database");
      }
      counts.add(ids);
    }
  }
}

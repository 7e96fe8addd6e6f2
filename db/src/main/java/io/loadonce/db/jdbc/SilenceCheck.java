package io.loadonce.db.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reports a connection that does not reply when the pool checks it. A closed connection fails that
 * check at once; one whose packets are lost keeps silent for the whole time limit.
 */
final class SilenceCheck implements InvocationHandler {

  private final Connection connection;
  private final Duration limit;
  private final long openedNanos;
  private final LongConsumer onSilence;

  private SilenceCheck(Connection connection, Duration limit, LongConsumer onSilence) {
    this.connection = connection;
    this.limit = limit;
    this.openedNanos = System.nanoTime();
    this.onSilence = onSilence;
  }

  /**
   * Returns {@code connection}, whose {@code isValid} waits for {@code limit} at most.
   *
   * @param onSilence receives the time at which the silent connection was opened, by {@link
   *     System#nanoTime}
   */
  static Connection on(Connection connection, Duration limit, LongConsumer onSilence) {
    return (Connection)
        Proxy.newProxyInstance(
            SilenceCheck.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            new SilenceCheck(connection, limit, onSilence));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] args)
      throws Throwable {
    if (method.getName().equals("isValid")) {
      return isValid();
    }
    try {
      return method.invoke(connection, args);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private boolean isValid() throws SQLException {
    long startNanos = System.nanoTime();
    int before = setTimeout((int) limit.toMillis());
    if (connection.isValid(ConnectionPool.wholeSeconds(limit))) {
      setTimeout(before);
      return true;
    }
    if (System.nanoTime() - startNanos >= limit.toNanos()) {
      onSilence.accept(openedNanos);
    }
    return false;
  }

  /**
   * Returns the time-out before, 0 for none. A closed connection has none, nor have some drivers.
   */
  private int setTimeout(int millis) {
    try {
      int before = connection.getNetworkTimeout();
      connection.setNetworkTimeout(Runnable::run, millis);
      return before;
    } catch (SQLException | AbstractMethodError _) {
      return 0;
    }
  }
}

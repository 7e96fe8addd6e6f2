package io.loadonce.db.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.db.InvalidSettingException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often a login is tried; the driver answers as the test wants. */
final class ConnectorTest {

  private static final String URL = "jdbc:refusing://db.example/shop";

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 10);
  private final AtomicReference<String> password = new AtomicReference<>("wrong");
  private final RefusingDriver driver = new RefusingDriver();
  private Connector connector;

  @BeforeEach
  void register() throws SQLException {
    DriverManager.registerDriver(driver);
    DatabaseSettings settings =
        new DatabaseSettings(
            URL,
            "reader",
            Password.readFrom(password::get),
            /* poolSize= */ 1,
            DatabaseSettings.DEFAULT_CONNECT_TIMEOUT,
            DatabaseSettings.DEFAULT_QUERY_TIMEOUT,
            DatabaseSettings.DEFAULT_QUERY_BYTES);
    connector = new Connector(settings, clock::get);
  }

  @AfterEach
  void deregister() throws SQLException {
    DriverManager.deregisterDriver(driver);
  }

  @Test
  void connect_loginRefused_isRepeatedAfterGrowingPauses() {
    driver.failure = new SQLException("password authentication failed", "28P01");
    List<Duration> pauses = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      assertFails();
      Duration pause = Duration.ZERO;
      int before = driver.passwords.size();
      while (driver.passwords.size() == before) {
        clock.addAndGet(Duration.ofSeconds(1).toNanos());
        pause = pause.plusSeconds(1);
        assertFails();
      }
      pauses.add(pause);
    }

    assertThat(pauses.stream().map(Duration::toSeconds))
        .containsExactly(5L, 10L, 20L, 40L, 60L, 60L);
  }

  @Test
  void connect_passwordHasChanged_isTriedAtOnce() throws SQLException {
    driver.failure = new SQLException("password authentication failed", "28P01");
    assertFails();
    assertFails();

    driver.failure = null;
    password.set("right");

    connector.connect("test").close();
    assertThat(driver.passwords).containsExactly("wrong", "right");
    assertThat((Throwable) connector.failure()).isNull();
  }

  @Test
  void connect_databaseIsDown_isTriedEachTime() {
    driver.failure = new SQLException("Connection refused", "08001");
    for (int i = 0; i < 5; i++) {
      assertFails();
    }

    assertThat(driver.passwords).hasSize(5);
    assertThat((Throwable) connector.failure()).isSameAs(driver.failure);
  }

  @Test
  void connect_driverHasABug_isAFailureInWords() {
    driver.bug = new IllegalStateException("planted");

    assertThatThrownBy(() -> connector.connect("test"))
        .isInstanceOf(SQLException.class)
        .hasMessage("the JDBC driver failed: java.lang.IllegalStateException: planted");
  }

  @Test
  void connect_passwordCannotBeRead_usesTheLastOne() throws SQLException {
    AtomicReference<@Nullable String> file = new AtomicReference<>("first");
    Password read =
        Password.readFrom(
            () -> {
              String text = file.get();
              if (text == null) {
                throw new InvalidSettingException("db-password-file", "cannot be read");
              }
              return text;
            });

    file.set(null);
    assertThat(read.text()).isEqualTo("first");
    file.set("second");
    assertThat(read.text()).isEqualTo("second");
    assertThat(read.toString()).isEqualTo("****");
  }

  private void assertFails() {
    assertThatThrownBy(() -> connector.connect("test")).isInstanceOf(SQLException.class);
  }

  private static final class RefusingDriver implements Driver {
    private final List<String> passwords = new ArrayList<>();
    private @Nullable SQLException failure;
    private @Nullable RuntimeException bug;

    @Override
    public Connection connect(String url, Properties properties) throws SQLException {
      passwords.add(properties.getProperty("password"));
      if (bug != null) {
        throw bug;
      }
      if (failure != null) {
        throw failure;
      }
      return (Connection)
          Proxy.newProxyInstance(
              Connection.class.getClassLoader(),
              new Class<?>[] {Connection.class},
              (_, _, _) -> null);
    }

    @Override
    public boolean acceptsURL(String url) {
      return url.startsWith("jdbc:refusing:");
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
      return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
      return 1;
    }

    @Override
    public int getMinorVersion() {
      return 0;
    }

    @Override
    public boolean jdbcCompliant() {
      return false;
    }

    @Override
    public Logger getParentLogger() {
      return Logger.getGlobal();
    }
  }
}

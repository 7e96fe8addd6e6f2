package io.loadonce.server.request;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.loadonce.db.source.SourceException;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.log.RateLimitedLog;
import java.net.ConnectException;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the log says of a load that failed. */
class OutcomeStatusTest {
  private static final String UNREACHABLE = "the database cannot be reached";

  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
  private final Logger logger = new LoggerContext().getLogger("test");
  private final OutcomeStatus statuses = new OutcomeStatus(new RateLimitedLog(logger, () -> 0));

  @BeforeEach
  void start() {
    appender.start();
    logger.addAppender(appender);
  }

  @Test
  void of_databaseUnavailable_logsTheCausesOnOneLineWithoutAStackTrace() {
    Exception refused = new ConnectException("Connection refused");
    Exception cause = new SQLException("Connection to 127.0.0.1:1\n\tfailed.", refused);

    ILoggingEvent line = logged(new SourceException.Unavailable(UNREACHABLE, cause));

    assertThat(line.getFormattedMessage())
        .isEqualTo(
            "a load failed, and its callers got DATABASE_UNAVAILABLE: the database cannot be"
                + " reached; Connection to 127.0.0.1:1 failed.; Connection refused");
    assertThat(line.getThrowableProxy()).isNull();
  }

  @Test
  void of_causeIsLong_logsAtMost300Characters() {
    Exception cause = new SQLException("x".repeat(10_000));

    ILoggingEvent line = logged(new SourceException.Unavailable(UNREACHABLE, cause));

    assertThat(line.getFormattedMessage()).hasSizeBetween(200, 300).endsWith("x…");
  }

  @Test
  void of_queryRejected_logsNoStackTrace() {
    Exception cause = new SQLException("relation \"city\" does not exist");

    ILoggingEvent line = logged(new SourceException.QueryFailed("the query was rejected", cause));

    assertThat(line.getFormattedMessage()).endsWith("; relation \"city\" does not exist");
    assertThat(line.getThrowableProxy()).isNull();
  }

  @Test
  void of_ourBug_logsItsPlace() {
    Exception cause = new IllegalStateException("planted");

    statuses.of(new Outcome.Failed<>(new SourceException.QueryFailed("the load failed", cause)));

    assertThat(appender.list.getFirst().getFormattedMessage())
        .matches(
            ".* QUERY_FAILED: the load failed; planted; java.lang.IllegalStateException: planted"
                + " at OutcomeStatusTest.java:\\d+");
  }

  private ILoggingEvent logged(SourceException failure) {
    statuses.of(new Outcome.Failed<>(failure));
    assertThat(appender.list).hasSize(1);
    return appender.list.getFirst();
  }
}

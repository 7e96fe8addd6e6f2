package io.loadonce.server.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How log lines are written.
 *
 * @param format the form of a line
 * @param level lines that matter less are not written
 * @param slowLoad a load that takes at least this long is one line; zero for none
 */
public record LogSettings(Format format, Level level, Duration slowLoad) {

  /** The form of a line. */
  public enum Format {
    /** For people: time, level, class, message. */
    TEXT,
    /** One JSON object, for programs. */
    JSON
  }

  /** How much a line matters, the most first. */
  public enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG
  }

  public static final LogSettings DEFAULTS =
      new LogSettings(Format.TEXT, Level.INFO, Duration.ofSeconds(1));

  /** The name of the appender in logback.xml. */
  private static final String APPENDER = "stderr";

  /** Applies the settings to all loggers of this process that have no level of their own. */
  public void apply() {
    applyLevel();
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    if (format == Format.JSON
        && root.getAppender(APPENDER) instanceof OutputStreamAppender<ILoggingEvent> appender) {
      appender.setEncoder(json(context));
    }
  }

  /** Applies the level alone, which can change while the service runs. */
  public void applyLevel() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context
        .getLogger(Logger.ROOT_LOGGER_NAME)
        .setLevel(ch.qos.logback.classic.Level.toLevel(level.name()));
  }

  private static JsonEncoder json(LoggerContext context) {
    JsonEncoder encoder = new JsonEncoder();
    encoder.setContext(context);
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithContext(false);
    encoder.setWithMarkers(false);
    encoder.setWithMDC(false);
    encoder.setWithKVPList(false);
    encoder.setWithMessage(false);
    encoder.setWithArguments(false);
    encoder.setWithFormattedMessage(true);
    encoder.start();
    return encoder;
  }
}

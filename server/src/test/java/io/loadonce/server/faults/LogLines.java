package io.loadonce.server.faults;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What the service logs from now on, until this is closed. */
final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {

  private static final Logger ROOT =
      (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

  /** What a line has before its message: the time, the level and the class. */
  private static final int HEAD_BYTES = 60;

  private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

  LogLines() {
    start();
    ROOT.addAppender(this);
  }

  @Override
  protected void append(ILoggingEvent event) {
    // The fixture of PostgreSQL logs too.
    if (!event.getLoggerName().startsWith("io.zonky.")) {
      events.add(event);
    }
  }

  List<String> texts() {
    return events.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  /** Returns the bytes of the longest line, with its head. */
  int longest() {
    return HEAD_BYTES
        + texts().stream()
            .mapToInt(text -> text.getBytes(StandardCharsets.UTF_8).length)
            .max()
            .orElse(0);
  }

  /** Returns how many lines have a stack trace. */
  long traces() {
    return events.stream().filter(event -> event.getThrowableProxy() != null).count();
  }

  @Override
  public void close() {
    ROOT.detachAppender(this);
    stop();
  }
}

package io.loadonce.server.badinputs;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** What the service writes to standard error, byte for byte, with the lines of gRPC and Netty. */
final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {

  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Encoder<ILoggingEvent> encoder;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  private LogLines() {
    OutputStreamAppender<ILoggingEvent> real =
        (OutputStreamAppender<ILoggingEvent>) root.getAppender("stderr");
    this.encoder = real.getEncoder();
  }

  /** Bridges java.util.logging, as the process does, and collects lines until it is closed. */
  static LogLines collect() {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    LogLines log = new LogLines();
    log.setContext(log.root.getLoggerContext());
    log.start();
    log.root.addAppender(log);
    return log;
  }

  void clear() {
    lines.clear();
  }

  /** Each with its line end. */
  List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  protected void append(ILoggingEvent event) {
    lines.add(new String(encoder.encode(event), StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    root.detachAppender(this);
    SLF4JBridgeHandler.uninstall();
  }
}

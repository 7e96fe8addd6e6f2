package io.loadonce.server.traces;

import io.loadonce.db.OneLine;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line of the log when spans can no longer be sent, and one when they can be again. The lines
 * of the library, one for each attempt, are switched off in logback.xml.
 */
final class LoggedExporter implements SpanExporter {

  private static final Logger log = LoggerFactory.getLogger(LoggedExporter.class);
  private static final int MAX_REASON_BYTES = 200;

  private final SpanExporter exporter;
  private final String endpoint;
  private final AtomicBoolean isFailing = new AtomicBoolean();

  /** Spans that were not accepted, since the start. */
  private final LongAdder lost = new LongAdder();

  /** How many of them the log has told of. */
  private final AtomicLong told = new AtomicLong();

  LoggedExporter(SpanExporter exporter, String endpoint) {
    this.exporter = exporter;
    this.endpoint = endpoint;
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    int count = spans.size();
    CompletableResultCode result = exporter.export(spans);
    return result.whenComplete(() -> ended(result, count));
  }

  private void ended(CompletableResultCode result, int spans) {
    if (!result.isSuccess()) {
      lost.add(spans);
      if (!isFailing.getAndSet(true)) {
        log.warn(
            "spans cannot be sent to {}: {}; spans are lost until it accepts them again, and calls"
                + " are answered as usual",
            endpoint,
            reason(result.getFailureThrowable()));
      }
    } else if (isFailing.getAndSet(false)) {
      long all = lost.sum();
      log.info("spans are sent to {} again; {} were lost", endpoint, all - told.getAndSet(all));
    }
  }

  /** Returns how many spans the collector has not accepted since the start. */
  long lost() {
    return lost.sum();
  }

  private static String reason(@Nullable Throwable failure) {
    Throwable cause = failure == null ? null : failure.getCause();
    return cause == null
        ? "the collector answered with an error"
        : OneLine.of(cause.toString(), MAX_REASON_BYTES);
  }

  @Override
  public CompletableResultCode flush() {
    return exporter.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return exporter.shutdown();
  }
}

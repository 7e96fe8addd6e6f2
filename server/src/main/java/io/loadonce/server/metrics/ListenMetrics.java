package io.loadonce.server.metrics;

import io.loadonce.server.changes.ChangeKind;
import io.loadonce.server.changes.ChangeListener;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/** The metrics of the change listener; registered only with {@code --listen}. */
public final class ListenMetrics {

  private ListenMetrics() {}

  public static void register(MeterRegistry registry, ChangeListener listener) {
    Gauge.builder("loadonce.listener.connected", listener, feed -> feed.isConnected() ? 1 : 0)
        .description("1 while the change listener is connected to the database, otherwise 0")
        .register(registry);
    for (ChangeKind kind : ChangeKind.values()) {
      FunctionCounter.builder("loadonce.notifications", listener, feed -> feed.notifications(kind))
          .description(
              "Number of notifications that the change listener received from the database, by"
                  + " kind")
          .tag("kind", kind.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
  }
}

package io.loadonce.server.metrics;

import io.loadonce.server.changes.ChangeKind;
import io.loadonce.server.changes.ChangeListener;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/** What the listener counts; only there if somebody listens. */
public final class ListenMetrics {

  private ListenMetrics() {}

  public static void register(MeterRegistry registry, ChangeListener listener) {
    Gauge.builder("loadonce.listener.connected", listener, heard -> heard.isConnected() ? 1 : 0)
        .description("1 while changes in the database are heard and memory is believed, or 0")
        .register(registry);
    for (ChangeKind kind : ChangeKind.values()) {
      FunctionCounter.builder(
              "loadonce.notifications", listener, heard -> heard.notifications(kind))
          .description("Notifications from the database, by what they said")
          .tag("kind", kind.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
  }
}

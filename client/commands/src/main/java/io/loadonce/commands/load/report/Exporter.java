package io.loadonce.commands.load.report;

import io.loadonce.commands.load.record.Series;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/** A port on which Prometheus reads a load test while it runs; the numbers change every second. */
public final class Exporter implements AutoCloseable {

  private static final double[] BOUNDS_SECONDS = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
  };

  private final PrometheusRegistry registry;
  private final HTTPServer server;

  private Exporter(PrometheusRegistry registry, HTTPServer server) {
    this.registry = registry;
    this.server = server;
  }

  /**
   * Where the port is.
   *
   * @param port 0 for any that is free
   */
  public record Address(String host, int port) {

    private static final String LOOPBACK = "127.0.0.1";
    private static final int HIGHEST_PORT = 65_535;

    /**
     * Reads {@code :9464}, which is on loopback only, or {@code 0.0.0.0:9464}.
     *
     * @throws IllegalArgumentException with one line that says what would be right
     */
    public static Address parse(String text) {
      int colon = text.lastIndexOf(':');
      String port = text.substring(colon + 1);
      if (colon < 0 || !port.matches("\\d{1,5}") || Integer.parseInt(port) > HIGHEST_PORT) {
        throw new IllegalArgumentException(
            "prometheus is '%s' but must be :PORT or HOST:PORT, such as :9464".formatted(text));
      }
      return new Address(colon == 0 ? LOOPBACK : text.substring(0, colon), Integer.parseInt(port));
    }
  }

  /**
   * Opens the port.
   *
   * @throws UncheckedIOException if it cannot be opened, with one line that says why
   */
  public static Exporter open(Address address) {
    PrometheusRegistry registry = new PrometheusRegistry();
    try {
      return new Exporter(
          registry,
          HTTPServer.builder()
              .hostname(address.host)
              .port(address.port)
              .registry(registry)
              .buildAndStart());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the port %s:%d for Prometheus cannot be opened: %s"
              .formatted(address.host, address.port, e.getMessage()),
          e);
    }
  }

  /** Shows these numbers from now on. */
  public void show(Supplier<Series.Totals> totals) {
    registry.register(() -> snapshots(totals.get()));
  }

  /** The port that is open. */
  public int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    server.close();
  }

  private static MetricSnapshots snapshots(Series.Totals totals) {
    CounterSnapshot.Builder calls =
        CounterSnapshot.builder()
            .name("loadonce_load_calls")
            .help("Measured calls that have ended, by gRPC status");
    totals
        .counts()
        .statuses()
        .forEach((status, count) -> calls.dataPoint(point(Labels.of("status", status), count)));
    return MetricSnapshots.of(
        calls.build(),
        CounterSnapshot.builder()
            .name("loadonce_load_sent_calls")
            .help("Measured calls that were sent")
            .dataPoint(point(Labels.EMPTY, totals.counts().sent()))
            .build(),
        CounterSnapshot.builder()
            .name("loadonce_load_unsent_calls")
            .help("Calls that were due and could not be sent; they are counted at the end")
            .dataPoint(point(Labels.EMPTY, totals.counts().unsent()))
            .build(),
        latency(totals.succeeded()));
  }

  private static CounterSnapshot.CounterDataPointSnapshot point(Labels labels, long count) {
    return CounterSnapshot.CounterDataPointSnapshot.builder()
        .labels(labels)
        .value((double) count)
        .build();
  }

  private static HistogramSnapshot latency(Histogram succeeded) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    long counted = 0;
    for (double bound : BOUNDS_SECONDS) {
      long below = succeeded.getCountBetweenValues(0, Math.round(bound * 1e9));
      buckets.bucket(bound, below - counted);
      counted = below;
    }
    buckets.bucket(Double.POSITIVE_INFINITY, succeeded.getTotalCount() - counted);
    return HistogramSnapshot.builder()
        .name("loadonce_load_latency_seconds")
        .unit(Unit.SECONDS)
        .help("Latency of the measured calls that succeeded")
        .dataPoint(
            HistogramSnapshot.HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(buckets.build())
                .sum(succeeded.getMean() * succeeded.getTotalCount() / 1e9)
                .build())
        .build();
  }
}

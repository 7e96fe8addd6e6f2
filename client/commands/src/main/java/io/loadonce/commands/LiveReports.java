package io.loadonce.commands;

import io.loadonce.client.ClientSettings;
import io.loadonce.commands.load.Progress;
import io.loadonce.commands.load.ServerWatch;
import io.loadonce.commands.load.record.Series;
import io.loadonce.commands.load.report.Exporter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is reported while a load test runs, and collected for the reports after it. */
final class LiveReports implements AutoCloseable {

  private final Instant started = Instant.now();
  private final Series series;
  private final @Nullable Exporter exporter;
  private final @Nullable ServerWatch server;
  private final Progress progress;

  /**
   * Begins all of it.
   *
   * @param prometheus where Prometheus reads; null for nowhere
   * @param watchesServer whether the server is read every second
   * @throws UncheckedIOException with one line, if the port for Prometheus cannot be opened
   */
  LiveReports(
      List<URI> admins,
      ClientSettings settings,
      Exporter.@Nullable Address prometheus,
      boolean watchesServer) {
    // First, because it may fail.
    exporter = prometheus == null ? null : Exporter.open(prometheus);
    progress = Progress.start();
    server = watchesServer ? ServerWatch.start(admins, settings) : null;
    series = new Series(server == null ? () -> null : server::take, progress::passed);
    if (exporter != null) {
      exporter.show(series::totals);
    }
  }

  Instant started() {
    return started;
  }

  Series series() {
    return series;
  }

  /** Says which share of the load test is done, 0 to 1. */
  void reached(double share) {
    progress.reached(share);
  }

  @Override
  public void close() {
    progress.close();
    if (server != null) {
      server.close();
    }
    if (exporter != null) {
      exporter.close();
    }
  }
}

package io.loadonce.commands;

import io.loadonce.client.ClientSettings;
import io.loadonce.commands.load.Progress;
import io.loadonce.commands.load.ServerWatch;
import io.loadonce.commands.load.record.Series;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is reported while a load test runs, and collected for the reports after it. */
final class LiveReports implements AutoCloseable {

  private final Instant started = Instant.now();
  private final Progress progress = Progress.start();
  private final @Nullable ServerWatch server;
  private final Series series;

  /**
   * @param watchesServer whether the server is read every second
   */
  LiveReports(List<URI> admins, ClientSettings settings, boolean watchesServer) {
    server = watchesServer ? ServerWatch.start(admins, settings) : null;
    series = new Series(server == null ? () -> null : server::take, _ -> {});
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
  }
}

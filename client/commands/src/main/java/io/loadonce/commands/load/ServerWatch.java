package io.loadonce.commands.load;

import static java.util.stream.Collectors.joining;

import io.loadonce.client.ClientSettings;
import io.loadonce.commands.load.record.Second;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads the admin port of the server once a second, in a thread of its own, until it is closed. */
public final class ServerWatch implements AutoCloseable {

  private static final String HEAP = "jvm_memory_used_bytes{area=\"heap\"";
  private static final int OK = 200;

  /** What was read at once; queries since the server started. */
  private record Reading(long queries, long waiters, long heapBytes) {}

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  private volatile @Nullable Reading latest;
  private @Nullable Reading taken;

  private ServerWatch(URI admin, ClientSettings settings) {
    URI metrics = admin.resolve("/metrics");
    thread = Thread.ofVirtual().name("server-watch").start(() -> watch(metrics, settings));
  }

  /**
   * Begins to read.
   *
   * @param settings have the certificates to trust and the token, for an admin port that is
   *     protected
   */
  public static ServerWatch start(URI admin, ClientSettings settings) {
    return new ServerWatch(admin, settings);
  }

  /**
   * What the server did from the reading before to the latest one. Null at first, and while the
   * port cannot be read. For one thread; never blocks.
   */
  public Second.@Nullable Server take() {
    Reading before = taken;
    Reading now = latest;
    taken = now;
    return before == null || now == null || now.queries < before.queries
        ? null
        : new Second.Server(now.queries - before.queries, now.waiters, now.heapBytes);
  }

  private void watch(URI metrics, ClientSettings settings) {
    try {
      do {
        latest =
            AdminPage.read(metrics, settings) instanceof AdminPage.Answer(int status, String body)
                    && status == OK
                    && body.contains(ServerCounters.QUERIES)
                ? parse(body)
                : null;
      } while (!closed.await(1, TimeUnit.SECONDS));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static Reading parse(String metrics) {
    return new Reading(
        ServerCounters.sum(metrics, ServerCounters.QUERIES),
        ServerCounters.sum(metrics, "loadonce_waiters"),
        ServerCounters.sum(
            metrics.lines().filter(line -> line.startsWith(HEAP)).collect(joining("\n")),
            "jvm_memory_used_bytes"));
  }

  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
  }
}

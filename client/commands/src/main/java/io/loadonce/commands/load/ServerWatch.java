package io.loadonce.commands.load;

import static java.util.stream.Collectors.joining;

import io.loadonce.client.ClientSettings;
import io.loadonce.commands.load.record.Second;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads the admin ports of the server once a second, in a thread of its own, until it is closed.
 */
public final class ServerWatch implements AutoCloseable {

  private static final String HEAP = "jvm_memory_used_bytes{area=\"heap\"";

  /** What was read at once; queries since the server started. */
  private record Reading(long queries, long waiters, long heapBytes) {

    static Reading of(String metrics) {
      return new Reading(
          ServerCounters.sum(metrics, ServerCounters.QUERIES),
          ServerCounters.sum(metrics, "loadonce_waiters"),
          ServerCounters.sum(
              metrics.lines().filter(line -> line.startsWith(HEAP)).collect(joining("\n")),
              "jvm_memory_used_bytes"));
    }

    Reading plus(Reading other) {
      return new Reading(
          queries + other.queries, waiters + other.waiters, heapBytes + other.heapBytes);
    }
  }

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  private volatile @Nullable Reading latest;
  private @Nullable Reading taken;

  private ServerWatch(List<URI> admins, ClientSettings settings) {
    List<URI> pages = admins.stream().map(admin -> admin.resolve("/metrics")).toList();
    thread = Thread.ofVirtual().name("server-watch").start(() -> watch(pages, settings));
  }

  /**
   * Begins to read.
   *
   * @param admins one for each instance; they are added up
   * @param settings have the certificates to trust and the token, for an admin port that is
   *     protected
   */
  public static ServerWatch start(List<URI> admins, ClientSettings settings) {
    return new ServerWatch(admins, settings);
  }

  /**
   * What the server did from the reading before to the latest one. Null at first, if no reading has
   * arrived since, and while the port cannot be read. For one thread; never blocks.
   */
  // A new reading may equal the one before; only the same object says that none has arrived.
  @SuppressWarnings("ReferenceEquality")
  public Second.@Nullable Server take() {
    Reading before = taken;
    Reading now = latest;
    taken = now;
    return before == null || now == null || now == before || now.queries < before.queries
        ? null
        : new Second.Server(now.queries - before.queries, now.waiters, now.heapBytes);
  }

  private void watch(List<URI> pages, ClientSettings settings) {
    try {
      do {
        latest = read(pages, settings);
      } while (!closed.await(1, TimeUnit.SECONDS));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static @Nullable Reading read(List<URI> pages, ClientSettings settings) {
    Reading sum = new Reading(0, 0, 0);
    for (URI page : pages) {
      if (!(AdminPage.read(page, settings) instanceof AdminPage.Answer(int status, String body)
          && status == ServerCounters.OK
          && body.contains(ServerCounters.QUERIES))) {
        return null;
      }
      sum = sum.plus(Reading.of(body));
    }
    return sum;
  }

  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
  }
}

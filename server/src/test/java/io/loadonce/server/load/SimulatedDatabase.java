package io.loadonce.server.load;

import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.db.source.SourceRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;

/** A database whose queries take time on the clock of a simulation, more for more ids. */
final class SimulatedDatabase implements Source<String, String> {

  /** How far the time of a query is from the usual one, at most. */
  private static final double VARIATION = 0.2;

  private final int connections;
  private final int maxIds;
  private final LongSupplier nanoClock;
  private final SplittableRandom random;
  private final List<Running> running = new ArrayList<>();
  private Duration eachQuery = Duration.ZERO;
  private Duration eachRow = Duration.ZERO;

  SimulatedDatabase(int connections, int maxIds, LongSupplier nanoClock, long seed) {
    this.connections = connections;
    this.maxIds = maxIds;
    this.nanoClock = nanoClock;
    this.random = new SplittableRandom(seed);
  }

  /** From now on a query takes this time, and this time for each of its rows. */
  synchronized void costs(Duration forQuery, Duration forRow) {
    eachQuery = forQuery;
    eachRow = forRow;
  }

  /** Ends the queries whose time has come. */
  void endDue() {
    List<Running> due;
    synchronized (this) {
      due = running.stream().filter(each -> each.endNanos <= nanoClock.getAsLong()).toList();
      running.removeAll(due);
    }
    due.forEach(Running::find);
  }

  /** How many queries run. */
  synchronized int running() {
    return running.size();
  }

  @Override
  public SourceQuery<String, String> query(List<String> ids) {
    return new Running(ids);
  }

  @Override
  public int connections() {
    return connections;
  }

  @Override
  public int maxIdsPerQuery() {
    return maxIds;
  }

  private synchronized void begin(Running query) {
    double usual = eachQuery.toNanos() + (double) eachRow.toNanos() * query.ids.size();
    double factor = 1 + VARIATION * (2 * random.nextDouble() - 1);
    query.endNanos = nanoClock.getAsLong() + (long) (usual * factor);
    running.add(query);
  }

  private synchronized void remove(Running query) {
    running.remove(query);
  }

  private final class Running implements SourceQuery<String, String> {
    private final List<String> ids;
    private final CompletableFuture<Map<String, SourceRow<String>>> rows =
        new CompletableFuture<>();
    private long endNanos;

    Running(List<String> ids) {
      this.ids = ids;
    }

    void find() {
      Map<String, SourceRow<String>> found = new HashMap<>();
      ids.forEach(id -> found.put(id, new SourceRow.Found<>(id, 1)));
      rows.complete(found);
    }

    @Override
    public Map<String, SourceRow<String>> run() throws SourceException {
      begin(this);
      try {
        return rows.join();
      } catch (CompletionException e) {
        throw new SourceException.QueryFailed("cancelled", e);
      }
    }

    @Override
    public void cancel() {
      remove(this);
      rows.completeExceptionally(new IllegalStateException("cancelled"));
    }
  }
}

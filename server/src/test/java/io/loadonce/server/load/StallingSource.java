package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.db.source.SourceRow;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A database whose queries wait until the test answers them. */
public final class StallingSource implements Source<String, String> {
  private final int connections;
  private final BlockingQueue<PendingQuery> sent = new LinkedBlockingQueue<>();
  private final AtomicInteger queries = new AtomicInteger();

  private final AtomicReference<@Nullable Error> refusal = new AtomicReference<>();

  public StallingSource(int connections) {
    this.connections = connections;
  }

  /** The next query that was sent; waits for it. */
  public PendingQuery next() throws InterruptedException {
    PendingQuery next = sent.poll(WaitingCaller.TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    assertThat(next).as("a query").isNotNull();
    return next;
  }

  public int queries() {
    return queries.get();
  }

  /** Makes the next query fail before it exists. */
  void failNextQuery(Error reason) {
    refusal.set(reason);
  }

  @Override
  public SourceQuery<String, String> query(List<String> ids) {
    Error reason = refusal.getAndSet(null);
    if (reason != null) {
      throw reason;
    }
    return new PendingQuery(ids);
  }

  @Override
  public int connections() {
    return connections;
  }

  @Override
  public int maxIdsPerQuery() {
    return 4;
  }

  /** A query that was sent and not yet answered. */
  public final class PendingQuery implements SourceQuery<String, String> {
    private final List<String> ids;
    private final CompletableFuture<Map<String, SourceRow<String>>> answer =
        new CompletableFuture<>();
    private final CountDownLatch cancelled = new CountDownLatch(1);

    private PendingQuery(List<String> ids) {
      this.ids = ids;
    }

    public List<String> ids() {
      return ids;
    }

    /** Answers each id with {@code prefix + id}. */
    public void find(String prefix) {
      Map<String, SourceRow<String>> rows = new HashMap<>();
      for (String id : ids) {
        rows.put(id, new SourceRow.Found<>(prefix + id, 7));
      }
      answer.complete(rows);
    }

    /** Answers each id with a row that contains the id and has this version. */
    public void findVersion(long version) {
      Map<String, SourceRow<String>> rows = new HashMap<>();
      for (String id : ids) {
        rows.put(id, new SourceRow.Found<>(id, version));
      }
      answer.complete(rows);
    }

    public void find(Map<String, SourceRow<String>> rows) {
      answer.complete(rows);
    }

    public void fail(Throwable reason) {
      answer.completeExceptionally(reason);
    }

    public void failUnreachable() {
      fail(new SourceException.Unavailable("planted", /* cause= */ null));
    }

    public boolean isCancelled() {
      return cancelled.getCount() == 0;
    }

    /** Waits for the cancellation. */
    public boolean wasCancelled() throws InterruptedException {
      return cancelled.await(WaitingCaller.TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public Map<String, SourceRow<String>> run() throws SourceException {
      queries.getAndIncrement();
      sent.add(this);
      try {
        return answer.join();
      } catch (java.util.concurrent.CompletionException e) {
        switch (e.getCause()) {
          case SourceException failure -> throw failure;
          case Error error -> throw error;
          case null, default -> throw e;
        }
      }
    }

    @Override
    public void cancel() {
      cancelled.countDown();
      answer.completeExceptionally(new SourceException.QueryFailed("cancelled", /* cause= */ null));
    }
  }
}

package io.loadonce.bench.reliability;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What becomes of calls that were sent without waiting for each. */
public final class Replies {

  private Replies() {}

  /** Returns what is made of a reply when it is there or has failed, on the thread that ends it. */
  public static <T> ListenableFuture<T> whenEnded(ListenableFuture<?> reply, Callable<T> made) {
    return Futures.whenAllComplete(reply).call(made, MoreExecutors.directExecutor());
  }

  /**
   * Waits until all are there, and returns them.
   *
   * @throws IllegalStateException if some are open for longer, or one could not be made
   */
  public static <T> List<T> awaitAll(Collection<ListenableFuture<T>> all, Duration longest)
      throws InterruptedException {
    try {
      return Futures.allAsList(all).get(longest.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      long open = all.stream().filter(each -> !each.isDone()).count();
      throw new IllegalStateException("%d calls were never answered".formatted(open), e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a reply cannot be judged", e);
    }
  }
}

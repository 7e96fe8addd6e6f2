package io.loadonce.server.load;

import io.loadonce.db.source.SourceException;
import io.loadonce.server.lock.Flight;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stage before the queue, for the ids that use the cache; the others go to the queue, and so to
 * the database, at once. Never blocks; safe for use by many threads.
 */
final class SwitchedStage<K, V> implements Stage<K, V> {

  private final Stage<K, V> first;
  private final Stage<K, V> queue;
  private final FreshnessPolicy<V> policy;

  private SwitchedStage(Stage<K, V> first, Stage<K, V> queue, FreshnessPolicy<V> policy) {
    this.first = first;
    this.queue = queue;
    this.policy = policy;
  }

  /**
   * Returns the stage before the queue; the queue itself if there is none.
   *
   * @param first makes that stage; null for none
   */
  static <K, V> Stage<K, V> of(
      @Nullable FirstStage<K, V> first,
      Stage<K, V> queue,
      Finish<K, V> ending,
      Needs<K, V> needs,
      FreshnessPolicy<V> policy) {
    return first == null
        ? queue
        : new SwitchedStage<>(first.before(queue, ending, needs), queue, policy);
  }

  @Override
  public void add(Collection<Flight<K, Outcome<V>>> flights) {
    CacheUse use = policy.settings().use();
    List<Flight<K, Outcome<V>>> others = new ArrayList<>();
    List<Flight<K, Outcome<V>>> included = new ArrayList<>();
    flights.forEach(each -> (use.includes(each.id()) ? included : others).add(each));
    first.add(included);
    queue.add(others);
  }

  @Override
  public void failOverdue(Collection<Flight<K, Outcome<V>>> overdue) {
    first.failOverdue(overdue);
  }

  @Override
  public void dropOver() {
    first.dropOver();
  }

  @Override
  public Delay delay(int alsoAhead) {
    return first.delay(alsoAhead);
  }

  @Override
  public void called(long timeNanos) {
    first.called(timeNanos);
  }

  @Override
  public SourceException.@Nullable Unavailable outage() {
    return first.outage();
  }

  @Override
  public boolean hasRoomForRefreshes() {
    return first.hasRoomForRefreshes();
  }
}

package io.loadonce.server.load;

import io.loadonce.server.load.Outcome.Failed;
import io.loadonce.server.load.Outcome.Found;
import io.loadonce.server.load.Outcome.Missing;
import io.loadonce.server.load.Outcome.NotLoaded;
import io.loadonce.server.load.Outcome.Outdated;
import io.loadonce.server.load.Outcome.Refused;
import io.loadonce.server.load.Outcome.TimedOut;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * How many lookups ended how. Each lookup is counted once, when it ends, so the sum is the number
 * of lookups that have ended. Safe for use by many threads; never blocks.
 */
public final class LookupCounts {

  /** The ways in which a lookup ends. */
  public enum Ending {
    MEMORY,
    /** The row came from the store that the instances share. */
    SHARED,
    LOADED,
    JOINED,
    STALE,
    MISSING,
    /**
     * The cache has no entry that is fresh enough, and none was loaded: because of the caller, or
     * of the switch of the lookup.
     */
    NOT_CACHED,
    OUTDATED,
    REFUSED,
    FAILED,
    TIMED_OUT,
    /** The caller left before its deadline. */
    CANCELLED
  }

  /** Has every ending. */
  private final Map<Ending, LongAdder> counters = counters();

  /** Of the lookups whose callers want only what is cached; has every ending, too. */
  private final Map<Ending, LongAdder> ofCacheOnly = counters();

  LookupCounts() {}

  /** How many lookups have ended in this way since the start. */
  public long count(Ending ending) {
    return counter(counters, ending).sum() + counter(ofCacheOnly, ending).sum();
  }

  /**
   * How many lookups have ended since the start that would have been made without a cache: all but
   * those whose callers want only what is cached. Never decreases.
   */
  public long countWithoutCacheOnly() {
    return counters.values().stream().mapToLong(LongAdder::sum).sum();
  }

  void add(Ending ending) {
    counter(counters, ending).increment();
  }

  void add(Outcome<?> outcome) {
    add(endingOf(outcome));
  }

  /**
   * A lookup has ended whose caller wants only what is cached.
   *
   * @param outcome null if the cache has none
   */
  void addOfCacheOnly(@Nullable Outcome<?> outcome) {
    counter(ofCacheOnly, outcome == null ? Ending.NOT_CACHED : endingOf(outcome)).increment();
  }

  private static Map<Ending, LongAdder> counters() {
    Map<Ending, LongAdder> counters = new EnumMap<>(Ending.class);
    for (Ending ending : Ending.values()) {
      counters.put(ending, new LongAdder());
    }
    return counters;
  }

  private static LongAdder counter(Map<Ending, LongAdder> counters, Ending ending) {
    return Objects.requireNonNull(counters.get(ending));
  }

  private static Ending endingOf(Outcome<?> outcome) {
    return switch (outcome) {
      case Found<?> found ->
          switch (found.origin()) {
            case MEMORY -> Ending.MEMORY;
            case SHARED -> Ending.SHARED;
            case LOADED -> Ending.LOADED;
            case JOINED -> Ending.JOINED;
            case STALE -> Ending.STALE;
          };
      case Missing<?> _ -> Ending.MISSING;
      case NotLoaded<?> _ -> Ending.NOT_CACHED;
      case Outdated<?> _ -> Ending.OUTDATED;
      case Refused<?> _ -> Ending.REFUSED;
      case TimedOut<?> _ -> Ending.TIMED_OUT;
      case Failed<?> _ -> Ending.FAILED;
    };
  }
}

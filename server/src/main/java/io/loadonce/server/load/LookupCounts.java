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
    /** Only the cache was read, and it has no entry that is fresh enough. */
    NOT_CACHED,
    OUTDATED,
    REFUSED,
    FAILED,
    TIMED_OUT,
    /** The caller left before its deadline. */
    CANCELLED
  }

  /** Has every ending. */
  private final Map<Ending, LongAdder> counters = new EnumMap<>(Ending.class);

  LookupCounts() {
    for (Ending ending : Ending.values()) {
      counters.put(ending, new LongAdder());
    }
  }

  /** How many lookups have ended in this way since the start. */
  public long count(Ending ending) {
    return counter(ending).sum();
  }

  void add(Ending ending) {
    counter(ending).increment();
  }

  /**
   * @param outcome null if only the cache was read and had none
   */
  void add(@Nullable Outcome<?> outcome) {
    add(endingOf(outcome));
  }

  private LongAdder counter(Ending ending) {
    return Objects.requireNonNull(counters.get(ending));
  }

  private static Ending endingOf(@Nullable Outcome<?> outcome) {
    return switch (outcome) {
      case null -> Ending.NOT_CACHED;
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

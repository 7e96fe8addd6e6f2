package io.loadonce.server.audit;

import io.loadonce.db.jdbc.Database;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.Rows;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceRow;
import io.loadonce.server.cache.Entry;
import io.loadonce.server.changes.Instances;
import io.loadonce.server.load.IdHistory.Removal;
import io.loadonce.server.log.RateLimitedLog;
import io.loadonce.server.lookup.EncodedRow;
import io.loadonce.server.lookup.HashedId;
import io.loadonce.server.lookup.Lookup;
import io.loadonce.server.lookup.Lookups;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Compares rows that callers are given as fresh with those of the database, a few each second, over
 * a connection of its own. The row of the next hit is compared, so that a row which is given often
 * is compared often.
 *
 * <p>A row that differs is looked at a second time, one second later. It is stale only if the cache
 * still gives the same row as fresh, and the database still has another one. So neither a change
 * that is just being made known to the cache, nor one that was taken back, is reported.
 *
 * <p>Guarantee: the database gets at most two queries for each pause of the settings, and none
 * while it cannot be reached. Non-guarantee: when the row was changed is not known; it was after
 * the row was read, so the age of the row is reported as the longest time that it can have been
 * wrong. A query whose result changes by itself, such as one with {@code now()}, is reported as
 * stale.
 */
public final class Auditor implements AutoCloseable {

  /** The second look at a row that differs comes this much later. */
  static final Duration SECOND_LOOK = Duration.ofSeconds(1);

  /** How often the settings are looked at while nothing is compared. */
  private static final Duration IDLE = Duration.ofMillis(100);

  private static final double NANOS_PER_SECOND = 1e9;

  private final RateLimitedLog log;
  private final Lookups lookups;
  private final Supplier<Database> open;
  private final BiFunction<Database, Lookup, Source<Key, EncodedRow>> source;
  private final Instances instances;
  private final LongSupplier nanoClock;
  private final Map<String, AuditCounts> counts = new LinkedHashMap<>();
  private final Thread thread;
  private volatile AuditSettings settings;
  private volatile boolean closed;

  // Only for the thread.

  private final Map<String, Source<Key, EncodedRow>> sources = new HashMap<>();
  private @Nullable Database database;
  private int turn;

  private Auditor(
      AuditSettings settings,
      Lookups lookups,
      Supplier<Database> open,
      BiFunction<Database, Lookup, Source<Key, EncodedRow>> source,
      Instances instances,
      LongSupplier nanoClock) {
    this.settings = settings;
    this.lookups = lookups;
    this.open = open;
    this.source = source;
    this.instances = instances;
    this.nanoClock = nanoClock;
    this.log = new RateLimitedLog(LoggerFactory.getLogger(Auditor.class), nanoClock);
    lookups.all().forEach(each -> counts.put(each.settings().name(), new AuditCounts()));
    this.thread = Thread.ofPlatform().daemon().name("audit").unstarted(this::run);
  }

  /**
   * Starts the thread that compares.
   *
   * @param open opens a pool for this class alone, with one connection; called at the first
   *     comparison
   * @param source the rows of a lookup in that database
   * @param instances who must remove a wrong row, too
   * @param nanoClock the clock of the engines
   */
  public static Auditor start(
      AuditSettings settings,
      Lookups lookups,
      Supplier<Database> open,
      BiFunction<Database, Lookup, Source<Key, EncodedRow>> source,
      Instances instances,
      LongSupplier nanoClock) {
    Auditor auditor = new Auditor(settings, lookups, open, source, instances, nanoClock);
    auditor.thread.start();
    return auditor;
  }

  /** Replaces the settings; if they differ, the pause between two comparisons ends. */
  public void use(AuditSettings changed) {
    settings = changed;
    LockSupport.unpark(thread);
  }

  /** What was found, by the name of the lookup. */
  public Map<String, AuditCounts> counts() {
    return Map.copyOf(counts);
  }

  /** Begins no more comparisons; one may still be running. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }

  private void run() {
    while (!closed) {
      AuditSettings now = settings;
      if (!now.isOn()) {
        closeDatabase();
      }
      if (!now.isOn() || lookups.shared().availability().isUnreachable()) {
        pause(IDLE);
        continue;
      }
      try {
        auditNext(now.drops());
      } catch (SourceException | RuntimeException e) {
        log.warn("a cached row could not be compared with the database", e);
      }
      pause(now.pause(), now);
    }
    closeDatabase();
  }

  private void closeDatabase() {
    if (database != null) {
      database.close();
      database = null;
      sources.clear();
    }
  }

  /** The lookups take turns. */
  private void auditNext(boolean drops) throws SourceException {
    List<Lookup> all = lookups.all();
    for (int i = 0; i < all.size(); i++) {
      turn = (turn + 1) % all.size();
      Lookup lookup = all.get(turn);
      boolean loads = lookup.engine().settings().use().loads();
      Key id = loads ? lookup.engine().statistics().takeHit() : null;
      Entry.Row<EncodedRow> given = id == null ? null : given(lookup, id);
      if (id != null && given != null) {
        audit(lookup, id, given, drops);
        return;
      }
    }
  }

  private void audit(Lookup lookup, Key id, Entry.Row<EncodedRow> given, boolean drops)
      throws SourceException {
    AuditCounts counted = Objects.requireNonNull(counts.get(lookup.settings().name()));
    boolean isStale = isStale(lookup, id, given);
    counted.checked.incrementAndGet();
    if (!isStale) {
      return;
    }
    pause(SECOND_LOOK);
    if (closed || !isStillGiven(lookup, id, given) || !isStale(lookup, id, given)) {
      return;
    }
    counted.stale.incrementAndGet();
    long ageNanos = nanoClock.getAsLong() - given.readNanos();
    counted.staleAges().record(ageNanos);
    if (drops) {
      drop(lookup, id);
    }
    log.warn(
        "the cached row %s of the lookup %s is stale: the database has another one. It was read %s"
                .formatted(HashedId.of(id), lookup.settings().name(), seconds(ageNanos))
            + " ago and has been wrong for that long at most; it %s"
                .formatted(drops ? "was removed" : "stays in the cache"));
  }

  /** The row that a caller would get as fresh now, or null. */
  private Entry.@Nullable Row<EncodedRow> given(Lookup lookup, Key id) {
    long nowNanos = nanoClock.getAsLong();
    return !lookup.engine().feedState().isDisconnected(nowNanos)
            && lookup.cache().peek(id) instanceof Entry.Row<EncodedRow> row
            && row.isFresh(nowNanos)
        ? row
        : null;
  }

  /** Whether the same row is given, and not another one that was read since. */
  @SuppressWarnings("ReferenceEquality") // what was read once is one object
  private boolean isStillGiven(Lookup lookup, Key id, Entry.Row<EncodedRow> before) {
    Entry.Row<EncodedRow> now = given(lookup, id);
    return now != null && now.value() == before.value();
  }

  private boolean isStale(Lookup lookup, Key id, Entry.Row<EncodedRow> given)
      throws SourceException {
    SourceRow<EncodedRow> row = source(lookup).query(List.of(id)).run().get(id);
    return switch (row) {
      case null -> true;
      case SourceRow.Found<EncodedRow> found ->
          lookup.settings().rows() == Rows.ONE
              ? !found.value().bytes().equals(given.value().bytes())
              : !found.value().hasSameRows(given.value());
      case SourceRow.Unusable<EncodedRow>(SourceException reason) -> throw reason;
      case SourceRow.NotRead<EncodedRow> _ -> false;
    };
  }

  private void drop(Lookup lookup, Key id) {
    var _ =
        instances.invalidate(
            lookup.settings().name(),
            List.of(id),
            /* isSeen= */ false,
            () -> lookup.engine().invalidate(id, Removal.INVALIDATED_BY_AUDIT));
  }

  private Source<Key, EncodedRow> source(Lookup lookup) {
    Database opened = database == null ? open.get() : database;
    database = opened;
    return sources.computeIfAbsent(lookup.settings().name(), _ -> source.apply(opened, lookup));
  }

  private void pause(Duration time) {
    pause(time, /* during= */ null);
  }

  /**
   * @param during the pause ends when other settings replace these; null if it does not
   */
  private void pause(Duration time, @Nullable AuditSettings during) {
    long untilNanos = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos();
        left > 0 && !closed && (during == null || settings.equals(during));
        left = untilNanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private static String seconds(long nanos) {
    return "%.1f s".formatted(nanos / NANOS_PER_SECOND);
  }
}

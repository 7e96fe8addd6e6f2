package io.loadonce.server.dashboard;

import io.loadonce.db.lookup.InvalidIdException;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.server.cache.Entry;
import io.loadonce.server.load.CacheUse;
import io.loadonce.server.load.IdHistory.Cause;
import io.loadonce.server.load.IdHistory.Miss;
import io.loadonce.server.load.IdHistory.Missed;
import io.loadonce.server.lock.FlightState;
import io.loadonce.server.lookup.EncodedRow;
import io.loadonce.server.lookup.Lookup;
import io.loadonce.server.lookup.Lookups;
import io.loadonce.server.ports.Page.Content;
import io.loadonce.server.ports.Parameters;
import io.loadonce.server.tier.RedisTier;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Why the last lookup of an id was not answered from the cache, and what would happen now. Changes
 * nothing: an explanation is no lookup, and causes no query. Blocks for a second at most, while
 * Redis is asked what it holds.
 */
final class Explanation {

  private static final double NANOS_PER_SECOND = 1e9;

  /** How long Redis may take. */
  private static final Duration TIER_TIMEOUT = Duration.ofSeconds(1);

  private final Lookups lookups;
  private final Optional<RedisTier> tier;
  private final LongSupplier nanoClock;

  /**
   * @param nanoClock the clock of the lookups
   */
  Explanation(Lookups lookups, Optional<RedisTier> tier, LongSupplier nanoClock) {
    this.lookups = lookups;
    this.tier = tier;
    this.nanoClock = nanoClock;
  }

  /** Explains the id, or the parts of a key, that a request names. */
  Content of(Parameters request) {
    String name = request.first("lookup");
    Lookup lookup = lookups.find(name);
    if (lookup == null) {
      return noLookup(name, lookups);
    }
    List<String> parts = request.all("key");
    if (parts.isEmpty() && request.first("id").isEmpty()) {
      return mistake("the request names no id; add ?id=ID, and &lookup=NAME for another lookup");
    }
    try {
      KeyColumns key = lookup.settings().key();
      return explain(lookup, parts.isEmpty() ? key.parse(request.first("id")) : key.parse(parts));
    } catch (InvalidIdException e) {
      return mistake(String.valueOf(e.getMessage()));
    }
  }

  static Content noLookup(String name, Lookups lookups) {
    return mistake(
        "there is no lookup '%s'; the lookups are: %s"
            .formatted(
                name.isEmpty() ? "default" : name,
                lookups.all().stream()
                    .map(each -> each.settings().name())
                    .collect(Collectors.joining(", "))));
  }

  private Content explain(Lookup lookup, Key id) {
    long nowNanos = nanoClock.getAsLong();
    Entry<EncodedRow> entry = lookup.cache().peek(id);
    Missed missed = lookup.engine().statistics().history().lastMiss(id);
    FlightState flight = lookup.engine().flight(id);
    StringBuilder text = new StringBuilder();
    text.append("lookup %s, id %s%n".formatted(lookup.settings().name(), id.text()));
    line(text, "cache", cached(entry, lookup, nowNanos));
    tier.ifPresent(each -> line(text, "redis", shared(each, lookup, id)));
    line(text, "last miss", missed(missed, nowNanos));
    line(
        text,
        "load",
        flight == null
            ? "none is under way"
            : "under way for %s; %,d callers wait for it"
                .formatted(seconds(flight.ageNanos()), flight.waiters()));
    if (lookup.engine().feedState().isDisconnected(nowNanos)) {
      line(
          text,
          "changes",
          "the change feed is disconnected, so cached rows are served as stale, for"
              + " --stale-on-disconnect at most");
    }
    if (lookups.shared().availability().isUnreachable()) {
      line(text, "database", "cannot be reached at present");
    }
    String use = switched(lookup, id);
    if (!use.isEmpty()) {
      line(text, "switch", use);
    }
    line(text, "query", lookup.settings().query().toString());
    return new Content(200, text.toString());
  }

  private static String shared(RedisTier tier, Lookup lookup, Key id) {
    return tier.held(lookup.settings().name(), id)
        .completeOnTimeout(
            "has not answered within " + TIER_TIMEOUT.toSeconds() + " s",
            TIER_TIMEOUT.toMillis(),
            TimeUnit.MILLISECONDS)
        .join();
  }

  /** What the switch of the lookup does to the id; empty if that is on. */
  private static String switched(Lookup lookup, Key id) {
    CacheUse use = lookup.engine().settings().use();
    if (!use.loads()) {
      return "memory-only: nothing is loaded";
    }
    return use.includes(id) ? "" : "the id does not use the cache; each call loads it";
  }

  private String cached(@Nullable Entry<EncodedRow> entry, Lookup lookup, long nowNanos) {
    if (entry == null) {
      boolean isLoadedNext = tier.isEmpty() && lookup.engine().settings().use().loads();
      return "has no entry for the id" + (isLoadedNext ? "; the next call loads it" : "");
    }
    String what =
        switch (entry) {
          case Entry.Row<EncodedRow> row ->
              "a row of %,d bytes, version %d".formatted(row.value().sizeBytes(), row.version());
          case Entry.NotFound<EncodedRow> _ -> "a cached \"not found\"";
        };
    String until =
        entry.isFresh(nowNanos)
            ? "expires in " + seconds(entry.freshUntilNanos() - nowNanos)
            : "expired " + seconds(nowNanos - entry.freshUntilNanos()) + " ago";
    return "%s, read from the database %s ago, %s"
        .formatted(what, seconds(nowNanos - entry.readNanos()), until);
  }

  private static String missed(@Nullable Missed missed, long nowNanos) {
    if (missed == null) {
      return "none is known; the last misses of at most 8,192 ids are kept";
    }
    Cause cause = missed.cause();
    String before = cause == null ? "" : seconds(missed.atNanos() - cause.atNanos()) + " before";
    boolean ofEverything = cause != null && cause.ofEverything();
    return "%s ago: %s%s"
        .formatted(
            seconds(nowNanos - missed.atNanos()),
            reason(missed.why(), before, ofEverything),
            ofEverything ? "; it is not known that the id was cached then" : "");
  }

  /**
   * @param before how long before the miss its cause was
   * @param ofEverything whether the cause was an invalidation of everything
   */
  private static String reason(Miss why, String before, boolean ofEverything) {
    String what = ofEverything ? "everything" : "the id";
    return switch (why) {
      case NOT_CACHED_BEFORE ->
          "the cache had no entry, and it is not known that it had one before";
      case INVALIDATED_BY_CALLER -> "a caller had invalidated %s %s".formatted(what, before);
      case INVALIDATED_BY_INSTANCE ->
          "another instance had invalidated %s %s".formatted(what, before);
      case INVALIDATED_BY_CHANGE ->
          "the database had reported a change of %s %s"
              .formatted(ofEverything ? "everything" : "the row", before);
      case INVALIDATED_BY_AUDIT ->
          "--audit-drop had removed the row, which was not that of the database, " + before;
      case FEED_CONNECTED ->
          "everything had been invalidated "
              + before
              + ", when the change feed, or the channel of the other instances, was connected";
      case EXCLUDED_BY_SWITCH ->
          "the switch of the lookup had excluded the id from the cache " + before;
      case EVICTED ->
          "the entry had been evicted %s, because the memory budget was full".formatted(before);
      case EXPIRED -> "the entry had expired " + before;
      case TOO_OLD_FOR_CALLER -> "the entry was older than the max_age of the caller";
      case VERSION_TOO_LOW -> "the entry had a lower version than the min_version of the caller";
      case DISCONNECTED ->
          "the change feed had been disconnected for longer than --stale-on-disconnect";
    };
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("%-10s %s%n".formatted(name, value));
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.3f s", Math.max(0, nanos) / NANOS_PER_SECOND);
  }

  static Content mistake(String line) {
    return new Content(400, line + "\n");
  }
}

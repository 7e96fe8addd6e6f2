package io.loadonce.server.dashboard;

import io.loadonce.db.jdbc.PoolState;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.HotIds;
import io.loadonce.server.load.IdHistory.Miss;
import io.loadonce.server.load.LoadStatistics;
import io.loadonce.server.lookup.EncodedRow;
import io.loadonce.server.lookup.Lookup;
import io.loadonce.server.metrics.Alternatives;
import io.loadonce.server.metrics.Alternatives.Way;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The numbers of the page as HTML: those of now and since the start. A browser without JavaScript
 * sees them as they were when it asked; with it, they are replaced every second.
 */
final class Numbers {

  private static final int HOTTEST = 10;
  private static final double MEBIBYTE = 1 << 20;

  private final Watched watched;

  Numbers(Watched watched) {
    this.watched = watched;
  }

  /** What needs a look first. */
  String states() {
    Html html = new Html();
    states(html);
    return html.toString();
  }

  String counts() {
    Html html = new Html();
    savings(html);
    watched.lookups().all().forEach(lookup -> lookup(html, lookup));
    return html.toString();
  }

  /** The settings that can change while the service runs, as they are now. */
  String settings() {
    Html html = new Html();
    html.raw("<div class=wide><table><thead><tr>")
        .element("th", "setting")
        .element("th", "value in force")
        .element("th", "set by")
        .element("th", "since")
        .raw("</tr></thead><tbody>");
    watched
        .settings()
        .get()
        .forEach(
            (key, setting) ->
                html.raw("<tr>")
                    .element("td", key)
                    .element("td", setting.value().isEmpty() ? "not set" : setting.value())
                    .element("td", setting.origin())
                    .element("td", setting.since())
                    .raw("</tr>"));
    return html.raw("</tbody></table></div>").toString();
  }

  private void states(Html html) {
    PoolState pool = watched.pool().get();
    boolean isReached = !watched.lookups().shared().availability().isUnreachable();
    html.raw("<dl class=states>");
    state(html, "service", watched.health().isServing(), "serving", "not serving");
    state(html, "database", isReached, "reachable", "unreachable");
    watched
        .listener()
        .ifPresent(
            listener ->
                state(html, "change feed", listener.isConnected(), "connected", "disconnected"));
    item(html, "flights", number(watched.lookups().flights()));
    item(html, "waiters", number(watched.lookups().shared().waiters().waiters()));
    item(
        html,
        "connections",
        "%d active, %d idle, %d at most".formatted(pool.active(), pool.idle(), pool.limit()));
    Runtime runtime = Runtime.getRuntime();
    item(
        html,
        "heap",
        "%s of %s"
            .formatted(
                mebibytes(runtime.totalMemory() - runtime.freeMemory()),
                mebibytes(runtime.maxMemory())));
    item(html, "running for", running());
    html.raw("</dl>");
  }

  /** The table of what other ways would have cost. */
  private void savings(Html html) {
    long queries = 0;
    double saved = 0;
    Map<Way, Long> ways = new EnumMap<>(Way.class);
    for (Lookup lookup : watched.lookups().all()) {
      queries += lookup.engine().queries();
      saved += Alternatives.databaseSecondsSaved(lookup.engine());
      for (Way way : Way.values()) {
        ways.merge(way, Alternatives.queries(lookup.engine(), way), Long::sum);
      }
    }
    html.raw("<h2>Queries since the start</h2><div class=wide><table><thead><tr>")
        .element("th", "sent")
        .element("th", "with a lock for each id, and no batches")
        .element("th", "with cache-aside")
        .element("th", "without a cache")
        .element("th", "time saved in the database")
        .raw("</tr></thead><tbody><tr>")
        .element("td", number(queries))
        .element("td", number(ways.getOrDefault(Way.LOCK_PER_ID, 0L)))
        .element("td", number(ways.getOrDefault(Way.CACHE_ASIDE, 0L)))
        .element("td", number(ways.getOrDefault(Way.NO_CACHE, 0L)))
        .element("td", String.format(Locale.ROOT, "about %,.1f s", saved))
        .raw("</tr></tbody></table></div>");
  }

  private void lookup(Html html, Lookup lookup) {
    MemoryCache<Key, EncodedRow> cache = lookup.cache();
    LoadStatistics<Key> statistics = lookup.engine().statistics();
    long lookups = Alternatives.queries(lookup.engine(), Way.NO_CACHE);
    long misses = Math.min(lookups, statistics.misses());
    html.element("h2", "Lookup " + lookup.settings().name()).raw("<dl class=states>");
    item(
        html,
        "hits",
        lookups == 0
            ? "no lookup yet"
            : String.format(
                Locale.ROOT,
                "%.2f %% of %,d lookups",
                100.0 * (lookups - misses) / lookups,
                lookups));
    item(html, "rows", number(cache.rows()));
    item(html, "cached \"not found\"", number(cache.negativeEntries()));
    item(
        html,
        "memory of rows",
        "%s of %s".formatted(mebibytes(cache.rowBytes()), mebibytes(cache.settings().maxBytes())));
    item(html, "evicted", number(cache.evictions()));
    item(html, "queries", number(lookup.engine().queries()));
    item(html, "ids loaded", number(lookup.engine().idsLoaded()));
    html.raw("</dl>");
    misses(html, statistics);
    html.raw("<div class=hot>");
    hottest(html, "Most lookups", statistics.hotByCalls());
    hottest(html, "Most waiters", statistics.hotByWaiters());
    hottest(html, "Most loads", statistics.hotByLoads());
    html.raw("</div>");
  }

  private static void misses(Html html, LoadStatistics<?> statistics) {
    String reasons =
        Stream.of(Miss.values())
            .filter(why -> statistics.misses(why) > 0)
            .map(
                why ->
                    why.name().toLowerCase(Locale.ROOT).replace('_', ' ')
                        + " "
                        + number(statistics.misses(why)))
            .collect(Collectors.joining(", "));
    if (!reasons.isEmpty()) {
      html.element("p", "Why lookups were misses: " + reasons + ".");
    }
  }

  private void hottest(Html html, String heading, HotIds<Key> ids) {
    List<HotIds.Hot<Key>> top = ids.top(HOTTEST);
    html.raw("<table>").element("caption", heading + " in 5 to 10 minutes").raw("<tbody>");
    for (HotIds.Hot<Key> hot : top) {
      html.raw("<tr>")
          .element("td", ShownId.of(hot.id(), watched.hashesIds()))
          .element("td", "about " + number(hot.sum()))
          .raw("</tr>");
    }
    if (top.isEmpty()) {
      html.raw("<tr>").element("td", "none yet").raw("</tr>");
    }
    html.raw("</tbody></table>");
  }

  private static void state(Html html, String name, boolean isGood, String good, String bad) {
    html.raw(isGood ? "<div class=good>" : "<div class=bad>")
        .element("dt", name)
        .element("dd", isGood ? good : bad)
        .raw("</div>");
  }

  private static void item(Html html, String name, String value) {
    html.raw("<div>").element("dt", name).element("dd", value).raw("</div>");
  }

  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%,.1f MiB", bytes / MEBIBYTE);
  }

  private static String running() {
    Duration time = Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime());
    return "%d d %02d:%02d:%02d"
        .formatted(time.toDays(), time.toHoursPart(), time.toMinutesPart(), time.toSecondsPart());
  }
}

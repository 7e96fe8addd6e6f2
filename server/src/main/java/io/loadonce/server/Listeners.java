package io.loadonce.server;

import io.loadonce.db.feed.ChangeFeed;
import io.loadonce.db.jdbc.Database;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import io.loadonce.server.changes.ChangeListener;
import io.loadonce.server.changes.FeedKind;
import io.loadonce.server.changes.FeedObserver;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.lookup.Lookup;
import io.loadonce.server.lookup.Lookups;
import io.loadonce.server.settings.Settings;
import io.loadonce.server.tier.RedisTier;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * From whom this instance learns of changes.
 *
 * @param database from the database, with {@code --listen}
 * @param instances from the other instances, with {@code --redis-url}
 */
record Listeners(Optional<ChangeListener> database, Optional<ChangeListener> instances) {

  /**
   * Starts them, without waiting for the database or Redis.
   *
   * @param feed the changes that the database reports
   * @param tier what the instances share
   */
  static Listeners start(
      Settings settings, Lookups lookups, Optional<ChangeFeed> feed, Optional<RedisTier> tier) {
    FeedObserver observer = tier.map(RedisTier::databaseObserver).orElse(FeedObserver.NONE);
    FeedKind ofInstances =
        feed.isPresent() ? FeedKind.INSTANCES_BESIDE_DATABASE : FeedKind.INSTANCES;
    return new Listeners(
        feed.map(each -> listen(settings, lookups, each, FeedKind.DATABASE, observer)),
        tier.map(each -> listen(settings, lookups, each.feed(), ofInstances, each.feedObserver())));
  }

  /**
   * Returns the changes that the database reports, if the settings want them.
   *
   * @throws io.loadonce.db.InvalidSettingException if that database cannot report them
   */
  static Optional<ChangeFeed> feed(Settings settings, Database database) {
    if (!settings.listen().isOn()) {
      return Optional.empty();
    }
    ChangeFeed feed = ChangeFeed.of(database, settings.listen().watched(settings.lookups()));
    try {
      feed.check();
    } catch (SourceException _) {
      // The change listener tries it again, and says in the log what is wrong.
    }
    return Optional.of(feed);
  }

  /** What must be called every few milliseconds, by one thread. */
  List<Runnable> sweeps() {
    return all().<Runnable>map(each -> each::watch).toList();
  }

  void close() {
    all().forEach(ChangeListener::close);
  }

  private Stream<ChangeListener> all() {
    return Stream.concat(database.stream(), instances.stream());
  }

  private static ChangeListener listen(
      Settings settings, Lookups lookups, ChangeFeed feed, FeedKind kind, FeedObserver observer) {
    Map<String, LoadOnce<Key, ?>> engines =
        lookups.all().stream()
            .collect(Collectors.toMap(each -> each.settings().name(), Lookup::engine));
    return ChangeListener.start(
        feed, kind, observer, engines, settings.listen().heartbeat(), System::nanoTime);
  }
}

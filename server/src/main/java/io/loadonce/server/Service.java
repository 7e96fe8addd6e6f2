package io.loadonce.server;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.feed.ChangeFeed;
import io.loadonce.db.feed.ChangedTable;
import io.loadonce.db.jdbc.JdbcSource;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.changes.ChangeListener;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.metrics.ListenMetrics;
import io.loadonce.server.metrics.ServiceMetrics;
import io.loadonce.server.ports.Address;
import io.loadonce.server.ports.AdminPort;
import io.loadonce.server.ports.GrpcPort;
import io.loadonce.server.ports.Health;
import io.loadonce.server.request.EncodedRow;
import io.loadonce.server.request.ResourceEndpoint;
import io.loadonce.server.settings.Setting;
import io.loadonce.server.settings.Settings;
import io.loadonce.v1.ResourceServiceGrpc;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * All the rooms, running. From {@link #start} on, calls are answered; they are welcome, by the
 * health service, once the database has been reached. Safe for use by many threads.
 */
final class Service {

  private static final Duration BETWEEN_SWEEPS = Duration.ofMillis(10);

  /** At the end, how long the loads that nobody waits for have to be cancelled. */
  private static final Duration CANCEL_TIMEOUT = Duration.ofMillis(500);

  /** What a key of so many characters takes in memory; an estimate, for the budgets. */
  private static final int STRING_OVERHEAD_BYTES = 56;

  private final Settings settings;
  private final GrpcPort grpc;
  private final AdminPort admin;
  private final LoadOnce<Key, EncodedRow> loadOnce;

  /** What is to be closed after the ports, the last first. */
  private final Deque<Runnable> closings;

  private Service(
      Settings settings,
      GrpcPort grpc,
      AdminPort admin,
      LoadOnce<Key, EncodedRow> loadOnce,
      Deque<Runnable> closings) {
    this.settings = settings;
    this.grpc = grpc;
    this.admin = admin;
    this.loadOnce = loadOnce;
    this.closings = closings;
  }

  /**
   * Starts everything. Blocks until the ports are open and the database has been tried once.
   *
   * @throws InvalidSettingException if a port cannot be had; nothing is left running
   */
  static Service start(Settings settings) {
    Deque<Runnable> closings = new ArrayDeque<>();
    try {
      return start(settings, closings);
    } catch (RuntimeException e) {
      closings.forEach(Runnable::run);
      throw e;
    }
  }

  private static Service start(Settings settings, Deque<Runnable> closings) {
    Optional<ChangeFeed> feed = feed(settings);
    JdbcSource<EncodedRow> source = JdbcSource.open(settings.database(), EncodedRow::of);
    closings.push(source::close);
    MemoryCache<Key, EncodedRow> cache =
        new MemoryCache<>(
            settings.cache(),
            id -> STRING_OVERHEAD_BYTES + id.text().length(),
            EncodedRow::sizeBytes);
    LoadOnce<Key, EncodedRow> loadOnce =
        new LoadOnce<>(cache, settings.load(), settings.lock(), source, System::nanoTime);
    ResourceEndpoint endpoint =
        new ResourceEndpoint(
            loadOnce, settings.database().keyType(), settings.callTimeout(), System::nanoTime);
    Optional<ChangeListener> listener =
        feed.map(
            changes ->
                ChangeListener.start(
                    changes, loadOnce, settings.listen().heartbeat(), System::nanoTime));
    listener.ifPresent(heard -> closings.push(heard::close));
    Sweeper sweeper =
        Sweeper.start(
            () -> {
              loadOnce.sweep();
              endpoint.sweep();
              listener.ifPresent(ChangeListener::watch);
            },
            BETWEEN_SWEEPS);
    closings.push(sweeper::close);
    ServiceMetrics metrics = new ServiceMetrics(loadOnce, cache);
    closings.push(metrics::close);
    listener.ifPresent(heard -> ListenMetrics.register(metrics.registry(), heard));
    Health health = new Health(ResourceServiceGrpc.SERVICE_NAME);
    Thread contact = DatabaseWait.await(source::isReachable, health::serving);
    closings.push(contact::interrupt);
    AdminPort admin = openAdmin(settings.admin(), health, metrics);
    closings.push(admin::close);
    GrpcPort grpc = openGrpc(settings.grpc(), endpoint, health);
    return new Service(settings, grpc, admin, loadOnce, closings);
  }

  /** Where callers reach it, with the port that it is. */
  Address grpc() {
    return new Address(settings.grpc().host(), grpc.port());
  }

  /** Where operators reach it, with the port that it is. */
  Address admin() {
    return new Address(settings.admin().host(), admin.port());
  }

  /** What it is all about; for tests. */
  LoadOnce<Key, EncodedRow> loadOnce() {
    return loadOnce;
  }

  /**
   * Ends it: no new calls, then those in flight, then everything else. Blocks for the drain
   * time-out at most. To be called once.
   *
   * @return whether all calls in flight were answered
   */
  boolean drain() {
    boolean answered = grpc.drain(settings.drainTimeout());
    awaitNoFlight();
    closings.forEach(Runnable::run);
    return answered;
  }

  /**
   * Nobody waits any more, so the sweeper cancels what is under way; the database has to hear it.
   */
  private void awaitNoFlight() {
    long untilNanos = System.nanoTime() + CANCEL_TIMEOUT.toNanos();
    while (loadOnce.flights() > 0 && System.nanoTime() - untilNanos < 0) {
      LockSupport.parkNanos(BETWEEN_SWEEPS.toNanos());
    }
  }

  private static Optional<ChangeFeed> feed(Settings settings) {
    if (!settings.listen().isOn()) {
      return Optional.empty();
    }
    ChangedTable table = ChangedTable.of(settings.listen().table(), settings.database());
    return Optional.of(ChangeFeed.of(settings.database(), table));
  }

  private static GrpcPort openGrpc(Address address, ResourceEndpoint endpoint, Health health) {
    requireHost(Setting.HOST, address);
    try {
      return GrpcPort.open(address, endpoint, health);
    } catch (IOException _) {
      throw taken(Setting.PORT, address);
    }
  }

  private static AdminPort openAdmin(Address address, Health health, ServiceMetrics metrics) {
    requireHost(Setting.ADMIN_HOST, address);
    try {
      return AdminPort.open(address, health, metrics::scrape);
    } catch (IOException _) {
      throw taken(Setting.ADMIN_PORT, address);
    }
  }

  private static void requireHost(Setting host, Address address) {
    if (new InetSocketAddress(address.host(), address.port()).isUnresolved()) {
      throw new InvalidSettingException(
          host.key(), "no such host: " + address.host() + "; name an address of this machine");
    }
  }

  private static InvalidSettingException taken(Setting port, Address address) {
    return new InvalidSettingException(
        port.key(), "cannot listen on %s; choose a free port, or 0".formatted(address));
  }
}

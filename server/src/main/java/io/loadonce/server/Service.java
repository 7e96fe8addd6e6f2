package io.loadonce.server;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.db.feed.ChangeFeed;
import io.loadonce.db.form.StructForm;
import io.loadonce.db.jdbc.Database;
import io.loadonce.db.source.SourceException;
import io.loadonce.server.access.RefusedCalls;
import io.loadonce.server.audit.Auditor;
import io.loadonce.server.changes.ChangeListener;
import io.loadonce.server.changes.DelayedInvalidations;
import io.loadonce.server.changes.Instances;
import io.loadonce.server.dashboard.Dashboard;
import io.loadonce.server.dashboard.Watched;
import io.loadonce.server.load.Loaders;
import io.loadonce.server.load.Shared;
import io.loadonce.server.lock.WaiterBudget;
import io.loadonce.server.lookup.EncodedRow;
import io.loadonce.server.lookup.LookupConfig;
import io.loadonce.server.lookup.Lookups;
import io.loadonce.server.metrics.AccessMetrics;
import io.loadonce.server.metrics.ListenMetrics;
import io.loadonce.server.metrics.ServiceMetrics;
import io.loadonce.server.metrics.TierMetrics;
import io.loadonce.server.metrics.TraceMetrics;
import io.loadonce.server.ports.Address;
import io.loadonce.server.ports.AdminPort;
import io.loadonce.server.ports.GrpcPort;
import io.loadonce.server.ports.Health;
import io.loadonce.server.ports.Page;
import io.loadonce.server.ports.PortSecurity;
import io.loadonce.server.request.CallObserver;
import io.loadonce.server.request.Connections;
import io.loadonce.server.request.ResourceEndpoint;
import io.loadonce.server.settings.RunningSettings;
import io.loadonce.server.settings.Setting;
import io.loadonce.server.settings.Settings;
import io.loadonce.server.tier.RedisTier;
import io.loadonce.server.traces.Traces;
import io.loadonce.v1.ResourceServiceGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running service: it starts all parts in order and stops them in the opposite order. Calls are
 * answered as soon as {@link #start} has returned; the health service reports SERVING once the
 * database has been reached. Safe for use by many threads.
 */
final class Service {

  private static final Logger log = LoggerFactory.getLogger(Service.class);
  private static final Duration BETWEEN_SWEEPS = Duration.ofMillis(10);

  /** The page has a number for each second. */
  private static final Duration BETWEEN_SAMPLES = Duration.ofSeconds(1);

  /** At the end, how long the database has to cancel the loads whose callers have left. */
  private static final Duration CANCEL_TIMEOUT = Duration.ofMillis(500);

  private final Settings settings;
  private final GrpcPort grpc;
  private final AdminPort admin;
  private final Lookups lookups;

  /** Closes the parts of the service, in the opposite order of their start. */
  private final Deque<Runnable> closings;

  private Service(
      Settings settings,
      GrpcPort grpc,
      AdminPort admin,
      Lookups lookups,
      Deque<Runnable> closings) {
    this.settings = settings;
    this.grpc = grpc;
    this.admin = admin;
    this.lookups = lookups;
    this.closings = closings;
  }

  /**
   * Starts all parts. Blocks until the ports are open and one attempt to reach the database has
   * ended.
   *
   * @throws InvalidSettingException if a port cannot be opened; nothing is left running
   * @throws io.loadonce.server.settings.InvalidConfigException if the database was reached, and a
   *     lookup cannot load rows from it; nothing is left running
   */
  static Service start(RunningSettings running) {
    Deque<Runnable> closings = new ArrayDeque<>();
    try {
      return start(running, closings);
    } catch (RuntimeException e) {
      closings.forEach(Runnable::run);
      throw e;
    }
  }

  private static Service start(RunningSettings running, Deque<Runnable> closings) {
    Settings settings = running.settings();
    DirectMemory.require(settings.connections().maxReplyBytes());
    Database database = Database.open(settings.database());
    closings.push(database::close);
    Optional<ChangeFeed> feed = Listeners.feed(settings, database);
    Optional<RedisTier> tier = openTier(settings);
    tier.ifPresent(each -> closings.push(each::close));
    StructForm<EncodedRow> form = new StructForm<>(EncodedRow::of, EncodedRow::ofList);
    Lookups lookups = lookups(settings, database, form, tier);
    DelayedInvalidations delayed =
        new DelayedInvalidations(
            System::nanoTime, task -> Thread.ofVirtual().name("invalidate-again").start(task));
    Instances instances = tier.isPresent() ? tier.get() : Instances.ALONE;
    ResourceEndpoint endpoint = endpoint(settings, lookups, delayed, instances);
    Optional<Traces> traces = settings.traces().map(each -> Traces.start(each, Version.number()));
    traces.ifPresent(each -> each.observe(lookups, settings.database().url()));
    traces.ifPresent(each -> closings.push(each::close));
    Auditor auditor = audit(settings, lookups, form, instances);
    closings.push(auditor::close);
    Listeners listeners = Listeners.start(settings, lookups, feed, tier);
    closings.push(listeners::close);
    List<Runnable> sweeps = new ArrayList<>();
    lookups.all().forEach(each -> sweeps.add(each.engine()::sweep));
    sweeps.add(endpoint::sweep);
    sweeps.add(delayed::sweep);
    tier.ifPresent(each -> sweeps.add(each::sweep));
    sweeps.addAll(listeners.sweeps());
    ServiceMetrics metrics = metrics(lookups, database, endpoint, listeners.database());
    closings.push(metrics::close);
    metrics.register(auditor.counts());
    tier.ifPresent(each -> TierMetrics.register(metrics.registry(), each, settings.lookupNames()));
    traces.ifPresent(each -> TraceMetrics.register(metrics.registry(), each));
    Health health = new Health(ResourceServiceGrpc.SERVICE_NAME, settings.lookupNames());
    Thread probe = DatabaseProbe.start(database.availability(), database::probe);
    closings.push(probe::interrupt);
    Set<String> warned = ConcurrentHashMap.newKeySet();
    Thread contact =
        DatabaseWait.await(
            () -> reach(database, settings.lookups(), health, warned), health::serving);
    closings.push(contact::interrupt);
    RefusedCalls refused = new RefusedCalls(System::nanoTime);
    AccessMetrics.register(metrics.registry(), refused);
    PortSecurity security = PortSecurity.load(settings.access(), settings.lookupNames(), refused);
    closings.push(Reloads.start(running, lookups, security, auditor)::close);
    AtomicReference<Address> callers = new AtomicReference<>(settings.grpc());
    Watched watched =
        new Watched(
            lookups,
            tier,
            endpoint.counts(),
            database::poolState,
            health,
            listeners.database(),
            running::inForce,
            running.hasFile(),
            callers::get,
            settings.access(),
            Version.line());
    AdminPort admin =
        openAdmin(settings.admin(), pages(running, watched, metrics, closings), security);
    closings.push(admin::close);
    GrpcPort grpc = openGrpc(settings, endpoint, health, security, traces);
    callers.set(new Address(settings.grpc().host(), grpc.port()));
    warnOfPlaintext(settings);
    sweeps.add(grpc::sweep);
    Sweeper sweeper = Sweeper.start(sweeps, BETWEEN_SWEEPS);
    closings.push(sweeper::close);
    return new Service(settings, grpc, admin, lookups, closings);
  }

  /** Returns the address for callers, with the port that was opened. */
  Address grpc() {
    return new Address(settings.grpc().host(), grpc.port());
  }

  /** Returns the address for operators, with the port that was opened. */
  Address admin() {
    return new Address(settings.admin().host(), admin.port());
  }

  /** For tests. */
  Lookups lookups() {
    return lookups;
  }

  /**
   * Stops the service: refuses new calls, waits for the calls in flight, then closes all parts.
   * Blocks for the drain wait and the drain time-out, and three seconds more, at most. To be called
   * once.
   *
   * @return whether all calls in flight were answered
   */
  boolean drain() {
    boolean answered = grpc.drain(settings.drainWait(), settings.drainTimeout());
    awaitNoFlight();
    closings.forEach(Runnable::run);
    return answered;
  }

  /** No caller is left, so the sweeper cancels the loads under way; the database ends them. */
  private void awaitNoFlight() {
    long untilNanos = System.nanoTime() + CANCEL_TIMEOUT.toNanos();
    while (lookups.flights() > 0 && System.nanoTime() - untilNanos < 0) {
      LockSupport.parkNanos(BETWEEN_SWEEPS.toNanos());
    }
  }

  private static Lookups lookups(
      Settings settings, Database database, StructForm<EncodedRow> form, Optional<RedisTier> tier) {
    Lookups lookups =
        new Lookups(
            settings.lookups(),
            each -> database.source(each, form),
            new Shared(
                new WaiterBudget(settings.lock().maxWaiters()),
                Loaders.of(database.connections()),
                database.availability()),
            settings.lock(),
            System::nanoTime,
            tier.isEmpty() ? null : tier.get()::stage);
    lookups.logLoadsFrom(settings.log().slowLoad());
    return lookups;
  }

  private static Auditor audit(
      Settings settings, Lookups lookups, StructForm<EncodedRow> form, Instances instances) {
    return Auditor.start(
        settings.audit(),
        lookups,
        () -> Database.open(settings.database().withPoolSize(1)),
        (database, lookup) -> database.source(lookup.settings(), form),
        instances,
        System::nanoTime);
  }

  private static Optional<RedisTier> openTier(Settings settings) {
    Duration stale =
        settings.lookups().stream()
            .map(lookup -> lookup.load().staleOnDisconnect())
            .max(Duration::compareTo)
            .orElse(Duration.ZERO);
    RedisTier.Surroundings around =
        new RedisTier.Surroundings(
            settings.database().url() + " " + settings.database().user(),
            settings.lock().loadTimeout(),
            settings.listen().heartbeat(),
            stale,
            settings.listen().isOn());
    return settings.tier().map(each -> RedisTier.start(each, around, System::nanoTime));
  }

  /**
   * @param warned the warnings that are in the log already
   */
  private static DatabaseWait.Attempt reach(
      Database database, List<LookupConfig> lookups, Health health, Set<String> warned) {
    if (!database.isReachable()) {
      database
          .availability()
          .ended(
              new SourceException.Unavailable("the database cannot be reached", /* cause= */ null));
      return new DatabaseWait.Attempt.Unreachable();
    }
    database.availability().ended(/* failure= */ null);
    try {
      LookupChecks checks = LookupChecks.of(database, lookups);
      checks.warnings().stream().filter(warned::add).forEach(log::warn);
      checks.report(health);
      return checks.problems().isEmpty()
          ? new DatabaseWait.Attempt.Ready()
          : new DatabaseWait.Attempt.Refused(checks.problems());
    } catch (SourceException.Unavailable _) {
      return new DatabaseWait.Attempt.Unreachable();
    }
  }

  private static GrpcPort openGrpc(
      Settings settings,
      ResourceEndpoint endpoint,
      Health health,
      PortSecurity security,
      Optional<Traces> traces) {
    Address address = settings.grpc();
    requireHost(Setting.HOST, address);
    try {
      return GrpcPort.open(
          address,
          settings.port(),
          endpoint,
          health,
          security,
          traces.map(Traces::calls).orElse(CallObserver.NONE));
    } catch (IOException _) {
      throw notOpened(Setting.HOST, Setting.PORT, address);
    }
  }

  private static AdminPort openAdmin(Address address, List<Page> pages, PortSecurity security) {
    requireHost(Setting.ADMIN_HOST, address);
    try {
      return AdminPort.open(address, pages, security);
    } catch (IOException _) {
      throw notOpened(Setting.ADMIN_HOST, Setting.ADMIN_PORT, address);
    }
  }

  /** Only after both ports are open, so that their hosts exist. */
  private static void warnOfPlaintext(Settings settings) {
    boolean isPlaintext = settings.access().tls().isEmpty();
    for (Address port : List.of(settings.grpc(), settings.admin())) {
      boolean isReachable = !port.resolve().getAddress().isLoopbackAddress();
      if (isPlaintext && settings.access().accessFile().isPresent() && isReachable) {
        log.warn(
            "callers send their tokens to {} in plaintext; set tls-cert and tls-key, unless a proxy"
                + " before the port encrypts",
            port);
      }
    }
  }

  private static boolean isOurs(Address address) {
    try {
      InetAddress ip = InetAddress.getByName(address.host());
      return ip.isAnyLocalAddress()
          || ip.isLoopbackAddress()
          || NetworkInterface.getByInetAddress(ip) != null;
    } catch (IOException _) {
      return false;
    }
  }

  private static ResourceEndpoint endpoint(
      Settings settings, Lookups lookups, DelayedInvalidations delayed, Instances instances) {
    return new ResourceEndpoint(
        lookups,
        settings.callTimeout(),
        new Connections(settings.connections(), System::nanoTime),
        delayed,
        instances,
        System::nanoTime);
  }

  private static ServiceMetrics metrics(
      Lookups lookups,
      Database database,
      ResourceEndpoint endpoint,
      Optional<ChangeListener> listener) {
    ServiceMetrics metrics = new ServiceMetrics(lookups);
    metrics.register(database::poolState);
    metrics.register(endpoint.counts());
    metrics.registerBuild(Version.number());
    listener.ifPresent(changes -> ListenMetrics.register(metrics.registry(), changes));
    return metrics;
  }

  /** Starts to sample what the live page shows, and returns all pages. */
  private static List<Page> pages(
      RunningSettings running, Watched watched, ServiceMetrics metrics, Deque<Runnable> closings) {
    Dashboard dashboard = new Dashboard(watched);
    closings.push(Sweeper.start(List.of(dashboard::sample), BETWEEN_SAMPLES)::close);
    List<Page> others = new ArrayList<>(metrics.pages());
    others.add(Reloads.page(running));
    others.addAll(watched.health().pages());
    return dashboard.pages(others);
  }

  private static void requireHost(Setting host, Address address) {
    if (new InetSocketAddress(address.host(), address.port()).isUnresolved()) {
      throw new InvalidSettingException(
          host.key(), "no such host: " + address.host() + "; name an address of this machine");
    }
  }

  private static InvalidSettingException notOpened(Setting host, Setting port, Address address) {
    if (!isOurs(address)) {
      return new InvalidSettingException(
          host.key(),
          address.host()
              + " is not an address of this machine; name one that is, or 0.0.0.0 for all");
    }
    return new InvalidSettingException(
        port.key(), "cannot listen on %s; choose a free port, or 0".formatted(address));
  }
}

package io.loadonce.server.request;

import com.google.protobuf.Duration;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.loadonce.db.form.StructForm;
import io.loadonce.db.jdbc.Database;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.Source;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.changes.DelayedInvalidations;
import io.loadonce.server.changes.Instances;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.lookup.EncodedRow;
import io.loadonce.server.lookup.LookupConfig;
import io.loadonce.server.lookup.Lookups;
import io.loadonce.server.lookup.LookupsOverSources;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.BatchGetResult;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.InvalidateResponse;
import io.loadonce.v1.ListLookupsRequest;
import io.loadonce.v1.Lookup;
import io.loadonce.v1.ResourceServiceGrpc;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceBlockingStub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** A service over a shop, within this process. Its time passes only on request. */
final class ShopService implements AutoCloseable {

  private static final java.time.Duration TIMEOUT = java.time.Duration.ofSeconds(20);

  private final AtomicLong clock = new AtomicLong();
  private final Queue<List<Key>> queries;
  private final Server server;
  private final ManagedChannel channel;
  private final ResourceServiceBlockingStub stub;

  /** The lookups product, price and order-lines. */
  static ShopService open() {
    return over(List.of(ShopSource.PRODUCT, ShopSource.PRICE, ShopSource.ORDER_LINES));
  }

  static ShopService over(List<LookupSettings> settings) {
    Queue<List<Key>> queries = new ConcurrentLinkedQueue<>();
    return new ShopService(
        settings, each -> new ShopSource(each, queries), queries, Instances.ALONE);
  }

  /** The lookup product of one instance of several. */
  static ShopService among(Instances instances) {
    Queue<List<Key>> queries = new ConcurrentLinkedQueue<>();
    return new ShopService(
        List.of(ShopSource.PRODUCT), each -> new ShopSource(each, queries), queries, instances);
  }

  /** The lookups product, price and order-lines of a real database. */
  static ShopService over(Database database) {
    StructForm<EncodedRow> form = new StructForm<>(EncodedRow::of, EncodedRow::ofList);
    return new ShopService(
        List.of(ShopSource.PRODUCT, ShopSource.PRICE, ShopSource.ORDER_LINES),
        each -> database.source(each, form),
        new ConcurrentLinkedQueue<>(),
        Instances.ALONE);
  }

  private ShopService(
      List<LookupSettings> settings,
      Function<LookupSettings, Source<Key, EncodedRow>> sources,
      Queue<List<Key>> queries,
      Instances instances) {
    this.queries = queries;
    Lookups lookups =
        LookupsOverSources.of(
            settings.stream()
                .map(
                    each ->
                        new LookupConfig(
                            each, CacheSettings.within(1 << 20, 1 << 20), LoadSettings.DEFAULTS))
                .toList(),
            sources,
            LockSettings.DEFAULTS,
            clock::get);
    DelayedInvalidations delayed = new DelayedInvalidations(clock::get, Runnable::run);
    String name = InProcessServerBuilder.generateName();
    try {
      server =
          InProcessServerBuilder.forName(name)
              .directExecutor()
              .addService(
                  new ResourceEndpoint(
                      lookups,
                      TIMEOUT,
                      new Connections(ConnectionLimits.DEFAULTS, clock::get),
                      delayed,
                      instances,
                      clock::get))
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    channel = InProcessChannelBuilder.forName(name).build();
    stub = ResourceServiceGrpc.newBlockingStub(channel);
  }

  GetResponse get(GetRequest.Builder request) {
    return stub.get(request.build());
  }

  List<BatchGetResult> batchGet(BatchGetRequest.Builder request) {
    return stub.batchGet(request.build()).getResultsList();
  }

  InvalidateResponse invalidate(InvalidateRequest.Builder request) {
    return stub.invalidate(request.build());
  }

  List<Lookup> listLookups() {
    return stub.listLookups(ListLookupsRequest.getDefaultInstance()).getLookupsList();
  }

  /** The keys of each query that was run, of all lookups; none of a real database. */
  Queue<List<Key>> queries() {
    return queries;
  }

  void pass(long seconds) {
    clock.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  static GetRequest.Builder product(String sku) {
    return GetRequest.newBuilder().setLookup("product").setId(sku);
  }

  static GetRequest.Builder price(String tenant, String sku) {
    return GetRequest.newBuilder().setLookup("price").addKey(tenant).addKey(sku);
  }

  static GetRequest.Builder lines(String order) {
    return GetRequest.newBuilder().setLookup("order-lines").setId(order);
  }

  static Duration seconds(long seconds) {
    return Duration.newBuilder().setSeconds(seconds).build();
  }
}

package io.loadonce.server.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.loadonce.db.jdbc.EmbeddedCities;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.db.source.SourceRow;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.load.CacheUse;
import io.loadonce.server.load.Freshness;
import io.loadonce.server.load.IdHistory.Removal;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.lookup.EncodedRow;
import io.loadonce.server.lookup.LookupConfig;
import io.loadonce.server.lookup.Lookups;
import io.loadonce.server.lookup.LookupsOverSources;
import io.loadonce.server.ports.Parameters;
import io.loadonce.server.tier.RedisServer;
import io.loadonce.server.tier.RedisTier;
import io.loadonce.server.tier.TierSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What an explanation says, word for word, for each reason. */
class ExplanationTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  /** Room for two entries. */
  private static final long TWO_ENTRIES = 700;

  private final AtomicLong clock = new AtomicLong(1);
  private final CountDownLatch held = new CountDownLatch(1);

  private final Lookups lookups =
      LookupsOverSources.of(
          List.of(
              new LookupConfig(
                  EmbeddedCities.LOOKUP.withKey("id", KeyType.TEXT),
                  new CacheSettings(
                      Duration.ofSeconds(60),
                      CacheSettings.NEVER,
                      Duration.ofSeconds(5),
                      /* jitter= */ 0,
                      TWO_ENTRIES,
                      TWO_ENTRIES),
                  LoadSettings.DEFAULTS)),
          _ -> new Rows(),
          LockSettings.DEFAULTS,
          clock::get);

  private final LoadOnce<Key, EncodedRow> engine = lookups.all().getFirst().engine();
  private final Explanation explanation = new Explanation(lookups, Optional.empty(), clock::get);

  @Test
  void explain_unknownId_saysWhatHappensNext() {
    assertThat(explain("7"))
        .startsWith(
            """
            lookup default, id 7
            cache      has no entry for the id; the next call loads it
            last miss  none is known; the last misses of at most 8,192 ids are kept
            load       none is under way
            query      SELECT id, name,\
            """);
  }

  @Test
  void explain_withRedis_saysWhatItHolds() throws Exception {
    RedisTier.Surroundings around =
        new RedisTier.Surroundings(
            "database",
            TIMEOUT,
            Duration.ofSeconds(1),
            Duration.ZERO,
            /* listensToDatabase= */ false);
    try (RedisServer redis = RedisServer.start();
        RedisTier tier = RedisTier.start(TierSettings.of(redis.url()), around, System::nanoTime)) {
      LookupConfig config = lookups.all().getFirst().config();
      var _ = tier.stage(config.settings(), config::cache);
      await().atMost(TIMEOUT).until(tier::isConnected);
      Explanation shared = new Explanation(lookups, Optional.of(tier), clock::get);
      await()
          .untilAsserted(
              () ->
                  assertThat(shared.of(Parameters.parse("id=7")).text())
                      .contains(
                          "cache      has no entry for the id\n",
                          "redis      has nothing for the id; not used until"));
    }
  }

  @Test
  void explain_memoryOnly_saysOfNoLoad() {
    engine.use(
        lookups.all().getFirst().cache().settings(),
        engine.settings().withUse(CacheUse.MEMORY_ONLY));
    assertThat(explain("7"))
        .contains(
            "cache      has no entry for the id\n", "switch     memory-only: nothing is loaded\n");
  }

  @Test
  void explain_firstLookup_wasNotCachedBefore() throws Exception {
    get("7");
    passes(2);
    assertThat(explain("7"))
        .contains(
            "cache      a row of 100 bytes, version 3, read from the database 2.000 s ago, expires"
                + " in 58.000 s\n",
            "last miss  2.000 s ago: the cache had no entry, and it is not known that it had one"
                + " before\n");
  }

  @Test
  void explain_expiredEntry_saysSince() throws Exception {
    get("7");
    passes(63);
    assertThat(explain("7")).contains("read from the database 63.000 s ago, expired 3.000 s ago\n");
    get("7");
    assertThat(explain("7"))
        .contains("last miss  0.000 s ago: the entry had expired 3.000 s before\n");
  }

  @Test
  void explain_notFound_hasItsOwnTime() throws Exception {
    get("none");
    assertThat(explain("none"))
        .contains(
            "cache      a cached \"not found\", read from the database 0.000 s ago, expires in 5");
  }

  @Test
  void explain_invalidated_saysByWhomAndWhen() throws Exception {
    get("7");
    engine.invalidate(key("7"));
    passes(1);
    get("7");
    assertThat(explain("7"))
        .contains("0.000 s ago: a caller had invalidated the id 1.000 s before\n");
    engine.invalidate(key("7"), Removal.INVALIDATED_BY_CHANGE);
    get("7");
    assertThat(explain("7"))
        .contains("0.000 s ago: the database had reported a change of the row 0.000 s before\n");
    engine.invalidate(key("7"), Removal.INVALIDATED_BY_INSTANCE);
    get("7");
    assertThat(explain("7"))
        .contains("0.000 s ago: another instance had invalidated the id 0.000 s before\n");
  }

  @Test
  void explain_everythingInvalidated_saysThatAndNotThatTheIdWasCached() throws Exception {
    assertThat(explainAfterAll(Removal.INVALIDATED_BY_CALLER))
        .contains(
            "0.000 s ago: a caller had invalidated everything 4.000 s before; it is not known that"
                + " the id was cached then\n");
    assertThat(explainAfterAll(Removal.INVALIDATED_BY_INSTANCE))
        .contains(
            "0.000 s ago: another instance had invalidated everything 4.000 s before; it is not"
                + " known that the id was cached then\n");
    assertThat(explainAfterAll(Removal.INVALIDATED_BY_CHANGE))
        .contains(
            "0.000 s ago: the database had reported a change of everything 4.000 s before; it is"
                + " not known that the id was cached then\n");
    assertThat(explainAfterAll(Removal.FEED_CONNECTED))
        .contains(
            "0.000 s ago: everything had been invalidated 4.000 s before, when the change feed, or"
                + " the channel of the other instances, was connected; it is not known that the id"
                + " was cached then\n");
  }

  @Test
  void explain_excludedBySwitch_saysSo() throws Exception {
    get("7");
    engine.use(
        lookups.all().getFirst().cache().settings(), engine.settings().withUse(CacheUse.OFF));
    passes(1);
    get("7");
    assertThat(explain("7"))
        .contains("the switch of the lookup had excluded the id from the cache 1.000 s before\n");
  }

  @Test
  void explain_evicted_saysSo() throws Exception {
    for (String id : List.of("1", "2", "3", "4")) {
      get(id);
    }
    lookups.all().getFirst().cache().settle();
    passes(1);
    for (String id : List.of("1", "2", "3", "4")) {
      get(id);
    }
    assertThat(List.of(explain("1"), explain("2"), explain("3"), explain("4")))
        .anySatisfy(
            each ->
                assertThat(each)
                    .contains(
                        "the entry had been evicted 1.000 s before, because the memory budget"));
  }

  @Test
  void explain_callerWantsMore_saysWhat() throws Exception {
    get("7");
    passes(1);
    assertThat(engine.look(key("7"), new Freshness(Freshness.ANY_VERSION, 0))).isNull();
    assertThat(explain("7")).contains("the entry was older than the max_age of the caller\n");
    assertThat(engine.look(key("7"), Freshness.ofVersion(4))).isNull();
    assertThat(explain("7"))
        .contains("the entry had a lower version than the min_version of the caller\n");
  }

  @Test
  void explain_disconnected_saysSo() throws Exception {
    get("7");
    engine.feedState().lost(clock.get());
    passes(3);
    assertThat(engine.look(key("7"), Freshness.ANY)).isNull();
    assertThat(explain("7"))
        .contains(
            "the change feed had been disconnected for longer than --stale-on-disconnect\n",
            "changes    the change feed is disconnected");
  }

  @Test
  void explain_loadUnderWay_hasItsWaiters() throws Exception {
    CountDownLatch answered = new CountDownLatch(2);
    for (int i = 0; i < 2; i++) {
      engine.join(key("held"), Freshness.ANY, TIMEOUT, _ -> answered.countDown());
    }
    passes(1);
    assertThat(explain("held"))
        .contains("load       under way for 1.000 s; 2 callers wait for it\n");
    held.countDown();
    assertThat(answered.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void explain_mistake_isOneLine() {
    assertThat(explanation.of(Parameters.parse("lookup=x&id=1")).text())
        .isEqualTo("there is no lookup 'x'; the lookups are: default\n");
    assertThat(explanation.of(Parameters.parse(null)).text())
        .isEqualTo("the request names no id; add ?id=ID, and &lookup=NAME for another lookup\n");
    assertThat(explanation.of(Parameters.parse("key=1&key=2")).status()).isEqualTo(400);
  }

  private String explainAfterAll(Removal cause) throws Exception {
    get("7");
    engine.invalidateAll(cause);
    passes(4);
    get("7");
    return explain("7");
  }

  private void passes(int seconds) {
    clock.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  private void get(String id) throws Exception {
    engine.await(key(id), TIMEOUT);
  }

  private Key key(String id) throws Exception {
    return lookups.all().getFirst().settings().key().parse(id);
  }

  private String explain(String id) {
    return explanation.of(Parameters.parse("id=" + id)).text();
  }

  /** Has a row for each id but "none"; the one of "held" comes late. */
  private final class Rows implements Source<Key, EncodedRow> {
    @Override
    public SourceQuery<Key, EncodedRow> query(List<Key> ids) {
      return new SourceQuery<>() {
        @Override
        public Map<Key, SourceRow<EncodedRow>> run() {
          Key id = ids.getFirst();
          if (id.text().equals("held")) {
            await();
          }
          return id.text().equals("none")
              ? Map.of()
              : Map.of(id, new SourceRow.Found<>(EncodedRow.copyOf(new byte[100]), 3));
        }

        @Override
        public void cancel() {}
      };
    }

    private void await() {
      try {
        held.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public int connections() {
      return 2;
    }

    @Override
    public int maxIdsPerQuery() {
      return 1;
    }
  }
}

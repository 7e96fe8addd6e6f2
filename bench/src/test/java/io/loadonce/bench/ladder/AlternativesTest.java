package io.loadonce.bench.ladder;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.Futures;
import io.loadonce.bench.contenders.Answer;
import io.loadonce.bench.contenders.Contender;
import io.loadonce.bench.contenders.LockPerId;
import io.loadonce.bench.contenders.NoLock;
import io.loadonce.bench.ladder.database.LadderDatabase;
import io.loadonce.db.OneLookup;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.Source;
import io.loadonce.server.RunningService;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.ResourceServiceGrpc;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceFutureStub;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The service says how many queries its calls would have caused in another way. Here the same calls
 * are made in those ways, and the database counts.
 *
 * <p>The calls come in rounds. In each, all calls arrive before the first row does: a gate holds
 * the queries until then. So the numbers do not depend on the speed of this machine.
 */
@Tag("slow")
@Timeout(120)
@ParameterizedClass
@EnumSource(DatabaseKind.class)
class AlternativesTest {
  private static final long SEED = 20261128;
  private static final int ROUNDS = 60;
  private static final int IDS = 40;
  private static final int MAX_IDS_PER_ROUND = 3;
  private static final int MAX_CALLERS_PER_ID = 12;
  private static final int ROUNDS_PER_CHANGE = 3;
  private static final double PERCENT = 1;
  private static final Duration POLL = Duration.ofMillis(2);

  private static final Pattern COUNTER =
      Pattern.compile(
          "(?m)^loadonce_(?:alternative_)?queries_total\\{lookup=\"default\"(?:,way=\"(\\w+)\")?}"
              + " (\\S+)$");

  /**
   * Calls at the same time.
   *
   * @param changed the id that is invalidated before; of no id that was called, it changes nothing
   */
  private record Round(Key changed, List<Key> calls) {}

  /** A way to answer the calls, and how many of its queries begin before the first row is there. */
  private record Way(
      Function<Source<Key, Row>, Contender> contender, Function<List<Key>, Integer> queriesAtOnce) {
    /** The calls of ids that are not cached, of which each one queries. */
    static final Way CACHE_ASIDE = new Way(NoLock::new, List::size);

    static final Way LOCK_PER_ID =
        new Way(LockPerId::new, uncached -> (int) uncached.stream().distinct().count());
  }

  private final LadderDatabase database;
  private final LookupSettings lookup;
  private final List<Round> rounds;

  AlternativesTest(DatabaseKind kind) {
    this.database = kind.database();
    this.lookup = database.gated();
    this.rounds = rounds(database.cities(IDS));
  }

  @Test
  void alternativeQueries_sameCallsInThoseWays_areWhatTheDatabaseCounts(TestReporter report)
      throws Exception {
    Map<String, Double> said = ours();
    Map<String, Long> counted =
        Map.of(
            "no_cache", noCache(),
            "cache_aside", counted(Way.CACHE_ASIDE),
            "lock_per_id", counted(Way.LOCK_PER_ID));

    report.publishEntry(
        Map.of(
            "seed", Long.toString(SEED),
            "the service says", said.toString(),
            "the database counts", counted.toString()));
    counted.forEach(
        (way, queries) ->
            assertThat(requireNonNull(said.get(way)))
                .as("%s, seed %d", way, SEED)
                .isCloseTo(queries, withinPercentage(PERCENT)));
    assertThat(counted.get("no_cache")).isGreaterThan(requireNonNull(counted.get("cache_aside")));
    assertThat(counted.get("cache_aside"))
        .isGreaterThan(requireNonNull(counted.get("lock_per_id")));
    assertThat(said.get("ours")).isLessThanOrEqualTo(requireNonNull(said.get("lock_per_id")));
  }

  private static List<Round> rounds(List<Key> ids) {
    Random random = new Random(SEED);
    List<Round> rounds = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      List<Key> calls = new ArrayList<>();
      for (int id = random.nextInt(MAX_IDS_PER_ROUND); id >= 0; id--) {
        Key hot = ids.get((int) (IDS * Math.pow(random.nextDouble(), 3)));
        for (int caller = random.nextInt(MAX_CALLERS_PER_ID); caller >= 0; caller--) {
          calls.add(hot);
        }
      }
      Key changed = i % ROUNDS_PER_CHANGE == 0 ? calls.getFirst() : Key.of("0");
      rounds.add(new Round(changed, calls));
    }
    return rounds;
  }

  /** Returns what the service says, and under "ours" how many queries it has sent. */
  private Map<String, Double> ours() throws Exception {
    try (RunningService service =
        RunningService.with(
            Map.of(
                "--db-url",
                database.settings().url(),
                "--db-user",
                database.settings().user(),
                "--query",
                lookup.query().toString(),
                "--version-column",
                "version",
                "--ttl",
                "1h",
                "--early-refresh",
                "0"))) {
      await().until(service::isServing);
      long before = database.counts().queries();
      ResourceServiceFutureStub stub = ResourceServiceGrpc.newFutureStub(service.channel());
      play(
          key -> service.stub().invalidate(invalidation(key)),
          uncached -> service.waiters() == uncached.size(),
          calls ->
              Futures.allAsList(
                  calls.stream()
                      .map(id -> stub.get(GetRequest.newBuilder().setId(id.text()).build()))
                      .toList()));
      Map<String, Double> said = scrape(service);
      assertThat(said.get("ours")).isEqualTo(database.counts().queries() - before);
      return said;
    }
  }

  private long noCache() throws Exception {
    try (OneLookup.Open<Row> source = open()) {
      long before = database.counts().queries();
      for (Round round : rounds) {
        for (Key id : round.calls()) {
          var _ = new NoLock(source).get(id);
        }
      }
      return database.counts().queries() - before;
    }
  }

  private long counted(Way way) throws Exception {
    try (OneLookup.Open<Row> opened = open();
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      CutOffSource source = new CutOffSource(opened);
      try (Contender contender = way.contender().apply(source)) {
        long before = database.counts().queries();
        play(
            contender::invalidate,
            uncached -> source.underWay() == way.queriesAtOnce().apply(uncached),
            calls -> callers.submit(() -> getAll(callers, contender, calls)));
        return database.counts().queries() - before;
      }
    }
  }

  private static List<Answer> getAll(ExecutorService callers, Contender contender, List<Key> calls)
      throws Exception {
    List<Answer> answers = new ArrayList<>();
    List<Future<Answer>> begun = new ArrayList<>();
    calls.forEach(id -> begun.add(callers.submit(() -> contender.get(id))));
    for (Future<Answer> each : begun) {
      answers.add(each.get());
    }
    return answers;
  }

  /**
   * @param areUnderWay whether all of these calls, whose rows were not cached, have arrived
   */
  private void play(
      Consumer<Key> invalidate,
      Predicate<List<Key>> areUnderWay,
      Function<List<Key>, Future<?>> call)
      throws Exception {
    Set<Key> cached = new HashSet<>();
    for (Round round : rounds) {
      invalidate.accept(round.changed());
      cached.remove(round.changed());
      List<Key> uncached = round.calls().stream().filter(id -> !cached.contains(id)).toList();
      database.closeGate();
      Future<?> answers;
      try {
        answers = call.apply(round.calls());
        await().pollDelay(Duration.ZERO).pollInterval(POLL).until(() -> areUnderWay.test(uncached));
      } finally {
        database.openGate();
      }
      answers.get(20, TimeUnit.SECONDS);
      cached.addAll(round.calls());
    }
  }

  private static InvalidateRequest invalidation(Key id) {
    return InvalidateRequest.newBuilder().addIds(id.text()).build();
  }

  private OneLookup.Open<Row> open() {
    return new OneLookup(database.settings(), lookup).open();
  }

  private static Map<String, Double> scrape(RunningService service)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI metrics = URI.create("http://" + service.admin() + "/metrics");
      String scrape =
          http.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString()).body();
      return COUNTER
          .matcher(scrape)
          .results()
          .collect(
              Collectors.toMap(
                  each -> each.group(1) == null ? "ours" : each.group(1),
                  each -> Double.parseDouble(each.group(2))));
    }
  }
}

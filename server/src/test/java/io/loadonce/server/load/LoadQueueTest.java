package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.loadonce.db.source.Availability;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.db.source.SourceRow;
import io.loadonce.server.cache.MemoryCache;
import io.loadonce.server.load.HotIds.Hot;
import io.loadonce.server.load.LoadStatistics.Failure;
import io.loadonce.server.lock.Flight;
import io.loadonce.server.lock.FlightTable;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.lock.WaiterBudget;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the queue says about the next id, and what is measured of a query. A query takes 1 ms for
 * each of its ids, 256 at most.
 */
class LoadQueueTest {

  private static final int MAX_IDS = 256;
  private static final SourceQuery.Times TIMES = new SourceQuery.Times(1, 2, 3);

  /** What the database does with a query that has taken its time. */
  private interface Answer {
    Map<String, SourceRow<String>> to(List<String> ids) throws SourceException;
  }

  /** What an observer saw at the end of a query. */
  private record Seen(@Nullable Failure failure, SourceQuery.Times times) {}

  private final AtomicLong now = new AtomicLong(ms(1_000));
  private final WaiterBudget waiters = new WaiterBudget(1_000);
  private final FlightTable<String, Outcome<String>> table =
      new FlightTable<>(LockSettings.DEFAULTS, waiters);

  private final Queue<Runnable> notRunning = new ArrayDeque<>();
  private Executor threads = notRunning::add;
  private Answer answer = _ -> Map.of();
  private int flights;

  /** What the queue has said while a query was under way. */
  private final List<Delay> delays = new ArrayList<>();

  private final Map<String, Outcome<String>> outcomes = new HashMap<>();
  private final List<EndedLoad<String>> ended = new ArrayList<>();
  private final List<Seen> seen = new ArrayList<>();
  private final LoadStatistics<String> statistics = new LoadStatistics<>(now::get);
  private final Availability availability = new Availability();

  @Test
  void hasRoomForRefreshes_oneQueryIsQueued_isFalse() {
    LoadQueue<String, String> queue = learnedQueue(/* connections= */ 1);
    queue.add(flights(127));
    assertThat(queue.hasRoomForRefreshes()).isTrue();
    queue.add(flights(1));
    assertThat(queue.hasRoomForRefreshes()).isFalse();
  }

  @Test
  void delay_callersHaveHardlyAnyTime_queriesKeepASmallSize() {
    LoadQueue<String, String> queue = learnedQueue(/* connections= */ 1);
    for (int call = 0; call < 1_000; call++) {
      queue.called(ms(1));
    }
    queue.add(flights(16));

    // Of 8 ids: more would take longer than the 10 ms that a query may always take.
    assertThat(queue.delay(0).queryNanos()).isEqualTo(ms(8));
  }

  @Test
  void delay_someCallersAreInAHurry_onlyManyOfThemMakeQueriesSmaller() {
    LoadQueue<String, String> queue = learnedQueue(/* connections= */ 1);
    queue.add(flights(256));
    queue.called(ms(200));
    assertThat(queue.delay(0).queryNanos()).isEqualTo(ms(128));

    for (int call = 0; call < 1_000; call++) {
      queue.called(ms(200));
    }

    // Of 32 ids, since a query may take 50 ms.
    assertThat(queue.delay(0).queryNanos()).isEqualTo(ms(32));
  }

  @Test
  void delay_moreIdsThanTheNextQueryCarries_isTheTimeOfTheQueriesAhead() {
    LoadQueue<String, String> queue = learnedQueue(/* connections= */ 1);
    queue.add(flights(127));
    assertThat(queue.delay(0)).isEqualTo(Delay.NONE);
    queue.add(flights(1));
    assertThat(queue.delay(0)).isEqualTo(new Delay(ms(2 * 128), ms(128)));
    assertThat(queue.delay(172)).isEqualTo(new Delay(ms(3 * 128), ms(128)));
  }

  @Test
  void delay_oneOfFourConnectionsIsInUse_allFourShareTheQueue() {
    LoadQueue<String, String> queue = learnedQueue(/* connections= */ 4);
    queue.add(flights(1));
    answer =
        _ -> {
          answer = _ -> Map.of();
          queue.add(flights(3 * 128 - 1));
          delays.add(queue.delay(0));
          queue.add(flights(1));
          delays.add(queue.delay(0));
          delays.add(queue.delay(128));
          return Map.of();
        };

    runLoaders();

    assertThat(delays)
        .containsExactly(
            Delay.NONE, // three connections are free
            new Delay(ms(4 * 128 / 4), ms(128)),
            new Delay(ms(5 * 128 / 4), ms(128)));
  }

  @Test
  void dropOver_queryIsOfNoUseAnyMore_itsTimeSoFarMakesQueriesSmaller() {
    LoadQueue<String, String> queue = learnedQueue(/* connections= */ 1);
    Collection<Flight<String, Outcome<String>>> overdue = flights(128);
    queue.add(overdue);
    answer =
        _ -> {
          now.addAndGet(ms(10_000));
          queue.failOverdue(overdue);
          queue.dropOver();
          delays.add(queue.delay(MAX_IDS));
          return Map.of();
        };

    runLoaders();

    // 128 ids take a quarter of 10 s more now, and 8 ids at least a sixteenth of that.
    assertThat(delays).extracting(Delay::queryNanos).containsExactly(ms(128 + 10_000 / 4) / 16);
  }

  @Test
  void loadNanos_severalQueries_movesByAnEighthOfTheDifference() {
    LoadQueue<String, String> queue = queue(/* connections= */ 1);
    assertThat(queue.loadNanos()).isEqualTo(ms(1));
    queue.add(flights(9));
    runLoaders();
    assertThat(queue.loadNanos()).isEqualTo(ms(2));
    queue.add(flights(10));
    runLoaders();
    assertThat(queue.loadNanos()).isEqualTo(ms(3));
  }

  static Stream<Arguments> failures() {
    SourceException unavailable = new SourceException.Unavailable("planted", /* cause= */ null);
    return Stream.of(
        arguments(null, null, 3),
        arguments(unavailable, Failure.DATABASE_UNAVAILABLE, 3),
        arguments(new StackOverflowError("planted"), Failure.QUERY_FAILED, 0));
  }

  /** The ids are queued for 5 ms, and their query takes 3 ms. */
  @ParameterizedTest
  @MethodSource("failures")
  void load_queryEndsInAnyWay_isMeasuredOnce(
      @Nullable Throwable thrown, @Nullable Failure failure, int idsLoaded) {
    LoadQueue<String, String> queue = queue(/* connections= */ 1);
    queue.add(flights(3));
    now.addAndGet(ms(5));
    answer = _ -> rowsOr(thrown);

    runLoaders();

    assertThat(queue.queries()).isOne();
    assertThat(queue.idsLoaded()).isEqualTo(idsLoaded);
    assertThat(statistics.queryIds().snapshot().sum()).isEqualTo(3);
    assertThat(sum(LoadStatistics.Stage.QUEUE)).as("for each id").isEqualTo(ms(3 * 5));
    assertThat(sum(LoadStatistics.Stage.CONNECTION)).isEqualTo(TIMES.connectionNanos());
    assertThat(statistics.hotByLoads().top(10))
        .containsExactlyInAnyOrder(
            new Hot<>("id 0", 1), new Hot<>("id 1", 1), new Hot<>("id 2", 1));
    assertThat(ended).containsExactly(new EndedLoad<>("id 0", 3, 0, ms(5 + 3), ms(5), TIMES));
    assertThat(seen).containsExactly(new Seen(failure, TIMES));
    assertThat(outcomes).hasSize(3);
    assertThat(availability.isUnreachable()).isEqualTo(failure == Failure.DATABASE_UNAVAILABLE);
  }

  @Test
  void load_flightWasInAnotherStageBefore_queueIsMeasuredFromItsEntry() {
    LoadQueue<String, String> queue = queue(/* connections= */ 1);
    Collection<Flight<String, Outcome<String>>> flights = flights(1);
    now.addAndGet(ms(7));
    queue.add(flights);
    now.addAndGet(ms(5));

    runLoaders();

    assertThat(sum(LoadStatistics.Stage.QUEUE)).isEqualTo(ms(5));
    assertThat(ended).containsExactly(new EndedLoad<>("id 0", 1, 0, ms(7 + 5 + 1), ms(5), TIMES));
  }

  @Test
  void load_resultHasNoRoomForAnId_asksForItAgain() {
    LoadQueue<String, String> queue = queue(/* connections= */ 1);
    queue.add(flights(4));
    answer =
        _ -> {
          answer = _ -> Map.of();
          return Map.of("id 3", new SourceRow.NotRead<>());
        };

    runLoaders();

    assertThat(queue.queries()).isEqualTo(2);
    assertThat(queue.idsLoaded()).as("each once").isEqualTo(4);
    assertThat(ended).extracting(EndedLoad::id).containsExactly("id 0", "id 3");
    assertThat(sum(LoadStatistics.Stage.QUEUE)).as("without the query before").isZero();
    assertThat(outcomes)
        .hasSize(4)
        .allSatisfy((_, each) -> assertThat(each).isInstanceOf(Outcome.Missing.class));
  }

  @Test
  void load_resultHasNoRoomForAnyId_asksForAllAgain() {
    LoadQueue<String, String> queue = queue(/* connections= */ 1);
    queue.add(flights(2));
    answer =
        _ -> {
          answer = _ -> Map.of();
          return Map.of("id 0", new SourceRow.NotRead<>(), "id 1", new SourceRow.NotRead<>());
        };

    runLoaders();

    assertThat(queue.queries()).isEqualTo(2);
    assertThat(queue.idsLoaded()).isEqualTo(2);
    assertThat(outcomes)
        .hasSize(2)
        .allSatisfy((_, each) -> assertThat(each).isInstanceOf(Outcome.Missing.class));
  }

  @Test
  void load_databaseBecameUnreachableWhileQueued_failsWithoutAQuery() {
    LoadQueue<String, String> queue = queue(/* connections= */ 1);
    queue.add(flights(2));
    SourceException.Unavailable gone = new SourceException.Unavailable("gone", /* cause= */ null);
    availability.probing();
    assertThat(availability.notReached(gone)).isTrue();

    runLoaders();

    assertThat(queue.queries()).isZero();
    assertThat(outcomes.values())
        .containsExactly(new Outcome.Failed<>(gone), new Outcome.Failed<>(gone));
  }

  /** Callers have a second, so a query may take 250 ms: it carries 128 ids. */
  private LoadQueue<String, String> learnedQueue(int connections) {
    LoadQueue<String, String> queue = queue(connections);
    threads = Runnable::run;
    for (int ids = 1; ids <= MAX_IDS; ids *= 2) {
      queue.add(flights(ids));
    }
    threads = notRunning::add;
    return queue;
  }

  private LoadQueue<String, String> queue(int connections) {
    statistics.onLoad(ended::add);
    statistics.observe(
        new LoadObserver() {
          @Override
          public Call call() {
            return NONE.call();
          }

          @Override
          public Query queryBegins(List<? extends Flight<?, ?>> begun, int ids) {
            return (failure, times) -> seen.add(new Seen(failure, times));
          }
        });
    FlightEnd<String, String> end =
        new FlightEnd<>(
            new MemoryCache<>(EngineFixture.CACHE, String::length, String::length),
            table,
            new FreshnessPolicy<>(LoadSettings.DEFAULTS),
            statistics,
            now::get);
    return new LoadQueue<>(
        new Database(connections),
        new Shared(waiters, new Loaders(connections, task -> threads.execute(task)), availability),
        (flight, outcome, readNanos) -> {
          outcomes.put(flight.id(), outcome);
          end.complete(flight, outcome, readNanos);
        },
        statistics,
        Duration.ofMinutes(1),
        now::get);
  }

  private final class Database implements Source<String, String> {
    private final int connections;

    Database(int connections) {
      this.connections = connections;
    }

    @Override
    public SourceQuery<String, String> query(List<String> ids) {
      return new SourceQuery<>() {
        @Override
        public Map<String, SourceRow<String>> run() throws SourceException {
          now.addAndGet(ms(ids.size()));
          return answer.to(ids);
        }

        @Override
        public Times times() {
          return TIMES;
        }

        @Override
        public void cancel() {}
      };
    }

    @Override
    public int connections() {
      return connections;
    }

    @Override
    public int maxIdsPerQuery() {
      return MAX_IDS;
    }
  }

  private void runLoaders() {
    while (!notRunning.isEmpty()) {
      notRunning.remove().run();
    }
  }

  private Collection<Flight<String, Outcome<String>>> flights(int count) {
    List<Flight<String, Outcome<String>>> begun = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      begun.add(Objects.requireNonNull(table.beginRefresh("id " + flights++, now.get())));
    }
    return begun;
  }

  private long sum(LoadStatistics.Stage stage) {
    return (long) statistics.stage(stage).snapshot().sum();
  }

  private static Map<String, SourceRow<String>> rowsOr(@Nullable Throwable thrown)
      throws SourceException {
    return switch (thrown) {
      case null -> Map.of("id 0", new SourceRow.Found<>("row", 7));
      case SourceException failure -> throw failure;
      case Error error -> throw error;
      default -> throw new IllegalArgumentException(thrown);
    };
  }

  private static long ms(long millis) {
    return Duration.ofMillis(millis).toNanos();
  }
}

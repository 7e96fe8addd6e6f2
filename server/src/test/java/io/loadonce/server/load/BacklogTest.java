package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The queue of one lookup. A loader runs when the test says so, on the thread of the test. */
class BacklogTest {

  /** Loaders that were started and do not run yet. */
  private final Deque<Runnable> notRunning = new ArrayDeque<>();

  private final List<String> loaded = new ArrayList<>();
  private Runnable duringTheNextLoad = () -> {};
  private int threadsLeft = Integer.MAX_VALUE;

  private final Loaders loaders = new Loaders(/* connections= */ 4, this::start);
  private final Loaders.Backlog<String> lookup = lookup(loaders);

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "3, 2", "4, 3", "6, 4", "8, 6", "16, 11"})
  void add_anotherLookupIsIdle_usesItsShareOfTheConnections(int connections, int share) {
    Loaders shared = new Loaders(connections, this::start);
    lookup(shared);

    lookup(shared).add(Collections.nCopies(100, "id"));

    assertThat(shared.inUse()).isEqualTo(share);
  }

  @Test
  void add_whileAQueryRuns_oneConnectionLessIsFree() {
    lookup.add(List.of("a"));
    assertThat(lookup.free()).isEqualTo(4);
    assertThat(lookup.underWay()).isZero();
    duringTheNextLoad =
        () -> {
          lookup.add(List.of("b"));
          assertThat(lookup.free()).isEqualTo(3);
          assertThat(lookup.underWay()).isOne();
        };

    runLoaders();

    assertThat(loaded).containsExactly("a", "b");
    assertThat(lookup.underWay()).isZero();
  }

  @Test
  void removeAll_idsAreQueued_noneIsLoaded() {
    lookup.add(List.of("a", "b"));

    assertThat(lookup.removeAll()).containsExactly("a", "b");
    runLoaders();

    assertThat(loaded).isEmpty();
    assertThat(loaders.inUse()).isZero();
  }

  @Test
  void load_endsByAnError_itsConnectionIsFreeAgain() {
    duringTheNextLoad =
        () -> {
          throw new StackOverflowError("planted");
        };
    lookup.add(List.of("a"));
    assertThatThrownBy(this::runLoaders).hasMessage("planted");
    assertThat(loaders.inUse()).isZero();
    assertThat(lookup.underWay()).isZero();

    lookup.add(List.of("b"));
    runLoaders();

    assertThat(loaded).containsExactly("a", "b");
  }

  @Test
  void add_onlyOneOfThreeLoadersStarts_othersAreStartedLater() {
    threadsLeft = 1;
    assertThatThrownBy(() -> lookup.add(List.of("a", "b", "c")))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(loaders.inUse()).isOne();

    threadsLeft = 2;
    loaders.startMissing();

    assertThat(loaders.inUse()).isEqualTo(3);
    runLoaders();
    assertThat(loaded).containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void take_nothingIsQueuedAnyMore_noLookupLosesItsTurn() {
    Loaders oneConnection = new Loaders(/* connections= */ 1, this::start);
    Loaders.Backlog<String> first = lookup(oneConnection);
    Loaders.Backlog<String> second = lookup(oneConnection);
    first.add(List.of("left"));
    first.removeAll();
    runLoaders();

    second.add(List.of("of the second lookup"));
    first.add(List.of("of the first lookup"));
    runLoaders();

    assertThat(loaded).containsExactly("of the first lookup", "of the second lookup");
  }

  /** Its queries are for one id each. */
  private Loaders.Backlog<String> lookup(Loaders of) {
    return of.backlog(/* maxPerQuery= */ () -> 1, /* maxQueries= */ 100, this::load);
  }

  private void load(List<String> ids) {
    loaded.addAll(ids);
    Runnable action = duringTheNextLoad;
    duringTheNextLoad = () -> {};
    action.run();
  }

  private void start(Runnable loader) {
    if (threadsLeft == 0) {
      throw new OutOfMemoryError("planted: unable to create native thread");
    }
    threadsLeft--;
    notRunning.add(loader);
  }

  private void runLoaders() {
    while (!notRunning.isEmpty()) {
      notRunning.remove().run();
    }
  }
}

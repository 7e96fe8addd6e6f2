package io.loadonce.bench.reliability.fleet;

import io.loadonce.bench.reliability.Scores;
import io.loadonce.bench.reliability.fleet.SteadyGets.Answer;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Redis stands still and continues, while cold ids are called on two instances in turn. */
record HungRedis(FleetLab lab, Member with, Member without, Scores scores) {

  private static final int PER_SECOND = 50;
  private static final Duration BEFORE = Duration.ofSeconds(1);

  /** The default of {@code --redis-timeout}. */
  private static final double TIMEOUT_MILLIS = 50;

  /** For a call that comes when the breaker is about to open, and for a busy machine. */
  private static final double OPEN_WITHIN_MILLIS = 200;

  /** The store is used when two heartbeats of 1 s have arrived. */
  private static final double BACK_WITHIN_MILLIS = 5_000;

  /**
   * One hang.
   *
   * @param during the answers to the calls that began while Redis stood still
   * @param openMillis until a call began that did not wait for Redis
   * @param backMillis from the end until an id was looked up in Redis
   */
  private record Hang(List<Answer> during, double openMillis, double backMillis) {}

  void run(Sizes sizes) throws IOException, InterruptedException, SQLException {
    List<Hang> hangs = new ArrayList<>();
    for (int i = 0; i < sizes.hangs(); i++) {
      hangs.add(hang(sizes.hang()));
    }
    List<Answer> during = hangs.stream().flatMap(hang -> hang.during().stream()).toList();
    List<Answer> fleet = Answer.of(during, with);
    List<Answer> alone = Answer.of(during, without);
    double more = Answer.percentileMillis(fleet, 0.99) - Answer.percentileMillis(alone, 0.99);
    scores.judge(
        "Redis hangs %d times for %d s: p99 of a cold Get meanwhile, with Redis and without"
            .formatted(hangs.size(), sizes.hang().toSeconds()),
        "%.1f and %.1f ms, %,d calls each; at most %.1f and %.1f ms"
            .formatted(
                Answer.percentileMillis(fleet, 0.99),
                Answer.percentileMillis(alone, 0.99),
                fleet.size(),
                Answer.percentileMillis(fleet, 1),
                Answer.percentileMillis(alone, 1)),
        "%.0f ms more".formatted(TIMEOUT_MILLIS),
        more <= TIMEOUT_MILLIS);
    scores.judge(
        "Redis hangs: failed calls",
        "%,d of %,d".formatted(Answer.failed(during), during.size()),
        "0",
        Answer.failed(during) == 0 && !during.isEmpty());
    double open = hangs.stream().mapToDouble(Hang::openMillis).max().orElse(Double.NaN);
    scores.judge(
        "Redis hangs: time until calls no longer wait for it",
        "at most %.0f ms".formatted(open),
        "%.0f ms".formatted(OPEN_WITHIN_MILLIS),
        open <= OPEN_WITHIN_MILLIS);
    double back = hangs.stream().mapToDouble(Hang::backMillis).max().orElse(Double.NaN);
    scores.judge(
        "Redis continues: time until an id is looked up there",
        "at most %.0f ms".formatted(back),
        "%.0f ms".formatted(BACK_WITHIN_MILLIS),
        back <= BACK_WITHIN_MILLIS);
  }

  private Hang hang(Duration time) throws IOException, InterruptedException, SQLException {
    try (SteadyGets gets = SteadyGets.start(List.of(with, without), lab::newId, 2 * PER_SECOND)) {
      Thread.sleep(BEFORE);
      signal("-STOP");
      long stoppedNanos = System.nanoTime();
      long endedNanos;
      long looks;
      try {
        Thread.sleep(time);
        looks = looks();
        endedNanos = System.nanoTime();
      } finally {
        signal("-CONT");
      }
      FleetLab.await("an id is looked up in Redis again", () -> looks() > looks);
      double backMillis = (System.nanoTime() - endedNanos) / 1e6;
      List<Answer> during =
          gets.stop().stream()
              .filter(answer -> answer.beganWithin(stoppedNanos, endedNanos))
              .toList();
      double openMillis =
          Answer.of(during, with).stream()
              .filter(answer -> answer.millis() < TIMEOUT_MILLIS / 2)
              .mapToDouble(answer -> (answer.beganNanos() - stoppedNanos) / 1e6)
              .min()
              .orElse(Double.POSITIVE_INFINITY);
      return new Hang(during, openMillis, backMillis);
    }
  }

  private long looks() throws IOException, InterruptedException {
    return with.metrics().sum("loadonce_tier_looks_total");
  }

  private void signal(String signal) throws IOException {
    new ProcessBuilder("kill", signal, Long.toString(lab.redis().pid())).start().onExit().join();
  }
}

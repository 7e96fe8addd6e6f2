package io.loadonce.bench.reliability.outages;

import io.grpc.Status;
import io.loadonce.bench.freshness.VersionTable;
import io.loadonce.bench.reliability.Scores;
import io.loadonce.bench.reliability.Section;
import io.loadonce.bench.speed.contender.LoadonceServer;
import io.loadonce.bench.speed.contender.ServerProcess;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Something happens to a real PostgreSQL in five ways, under 100 calls a second for uncached ids
 * and as many for cached ones.
 */
public final class OutagesSection implements Section {

  /** After its deadline, the 99.9th percentile of waiters: promise G5. */
  private static final Duration LATE = Duration.ofMillis(50);

  private static final Duration REFUSED_WITHIN = Duration.ofMillis(50);

  /** The service finds out by itself that the database is back: docs/operations.md. */
  private static final Duration BACK_WITHIN = Duration.ofSeconds(2);

  /** From then on, so many calls for uncached ids must fail, or else the database was there. */
  private static final double LEAST_UNAVAILABLE = 0.99;

  /** The service may need so long to find out that the database is lost. */
  private static final Duration FOUND_OUT = Duration.ofSeconds(4);

  private static final int ROWS = 10_000;
  private static final String QUERY = "SELECT id, version FROM item WHERE id IN (:ids)";

  /**
   * How long calls are sent.
   *
   * @param outage longer than {@link #FOUND_OUT}
   * @param after longer than {@link #BACK_WITHIN}
   */
  private record Plan(Duration before, Duration outage, Duration after) {

    static final Plan FULL =
        new Plan(Duration.ofSeconds(3), Duration.ofSeconds(20), Duration.ofSeconds(6));

    static final Plan QUICK =
        new Plan(Duration.ofMillis(500), Duration.ofSeconds(5), Duration.ofMillis(2_500));
  }

  /** Moments of one outage; the end of it is not one moment, since a restart takes time. */
  private record Times(long lostNanos, long healingNanos, long backNanos) {}

  @Override
  public String name() {
    return "outages";
  }

  @Override
  public String title() {
    return "The database is killed, frozen, cut off, made read-only or left without connections"
        + " under 200 calls a second.";
  }

  @Override
  public void run(Scores scores, boolean isQuick) throws Exception {
    try (VersionTable table = VersionTable.start(ROWS)) {
      Way.prepare(table);
      for (Way way : Way.values()) {
        run(scores, way, table, isQuick ? Plan.QUICK : Plan.FULL);
      }
    }
  }

  private static void run(Scores scores, Way way, VersionTable table, Plan plan)
      throws IOException, InterruptedException, SQLException {
    try (Relay relay = Relay.open(table.port());
        ServerProcess server = start(way.port(table, relay));
        PacedGets gets = PacedGets.start(server.port())) {
      pause(plan.before());
      long lostNanos = System.nanoTime();
      long healingNanos;
      try (var _ = way.begin(table, relay)) {
        pause(plan.outage());
        if (way.canLoad()) {
          String readOnly = Way.readOnly(table);
          scores.judge(
              way + ": transaction_read_only of a new connection of the service's role",
              readOnly,
              "on",
              readOnly.equals("on"));
        }
        healingNanos = System.nanoTime();
      }
      Times times = new Times(lostNanos, healingNanos, System.nanoTime());
      pause(plan.after());
      List<Answer> answers = gets.stop();
      judgeHits(scores, way, answers, times);
      List<Answer> uncached = answers.stream().filter(answer -> !answer.isCached()).toList();
      if (way.canLoad()) {
        judgeNoFailure(scores, way, "failed calls for uncached ids", uncached);
      } else {
        judgeDeadlines(scores, way, uncached, times);
        judgeRefusals(scores, way, uncached, times);
        judgeReturn(scores, way, uncached, times);
      }
    }
  }

  private static ServerProcess start(int port) throws IOException, InterruptedException {
    return LoadonceServer.start(
        List.of(
            "--db-url",
            "jdbc:postgresql://127.0.0.1:" + port + "/postgres",
            "--db-user",
            Way.ROLE,
            "--query",
            QUERY,
            "--ttl",
            "1h"),
        Map.of());
  }

  /** The times of hits show how busy the machine is; the service only looks into its memory. */
  private static void judgeHits(Scores scores, Way way, List<Answer> answers, Times times) {
    List<Answer> all = answers.stream().filter(Answer::isCached).toList();
    judgeNoFailure(scores, way, "failed calls for cached ids", all);
    List<Answer> hits = within(all, times.lostNanos(), times.healingNanos());
    scores.note(
        way + ": time of a call for a cached id meanwhile, p99",
        "%.1f ms (at most %.1f ms)"
            .formatted(
                Answer.percentile(hits, 0.99, Answer::tookNanos),
                Answer.percentile(hits, 1, Answer::tookNanos)));
  }

  private static void judgeNoFailure(Scores scores, Way way, String what, List<Answer> answers) {
    long failed = answers.stream().filter(answer -> !answer.isOk()).count();
    scores.judge(
        way + ": " + what,
        "%,d of %,d".formatted(failed, answers.size()),
        "0",
        !answers.isEmpty() && failed == 0);
  }

  private static void judgeDeadlines(Scores scores, Way way, List<Answer> answers, Times times) {
    List<Answer> during = within(answers, times.lostNanos(), times.healingNanos());
    double p999 = Answer.percentile(during, 0.999, OutagesSection::lateNanos);
    scores.judge(
        way + ": answered after the deadline of 1 s, p99.9 of %,d calls".formatted(during.size()),
        "%.1f ms (at most %.1f ms)"
            .formatted(p999, Answer.percentile(during, 1, OutagesSection::lateNanos)),
        LATE.toMillis() + " ms",
        p999 <= LATE.toMillis());
    scores.note(way + ": answers meanwhile", Answer.shares(during));
  }

  private static void judgeRefusals(Scores scores, Way way, List<Answer> answers, Times times) {
    List<Answer> refused =
        within(answers, times.lostNanos() + FOUND_OUT.toNanos(), times.healingNanos());
    long unavailable =
        refused.stream().filter(answer -> answer.status() == Status.Code.UNAVAILABLE).count();
    scores.judge(
        way + ": calls for uncached ids from 4 s on that failed as UNAVAILABLE",
        "%,d of %,d".formatted(unavailable, refused.size()),
        "at least %.0f %%".formatted(LEAST_UNAVAILABLE * 100),
        unavailable > 0 && unavailable >= refused.size() * LEAST_UNAVAILABLE);
    double p99 = Answer.percentile(refused, 0.99, Answer::tookNanos);
    scores.judge(
        way + ": time of a refusal from 4 s on, p99 of %,d calls".formatted(refused.size()),
        "%.1f ms".formatted(p99),
        REFUSED_WITHIN.toMillis() + " ms",
        p99 <= REFUSED_WITHIN.toMillis());
  }

  private static void judgeReturn(Scores scores, Way way, List<Answer> answers, Times times) {
    long firstNanos =
        answers.stream()
            .filter(answer -> answer.isOk() && answer.endedNanos() - times.healingNanos() > 0)
            .mapToLong(answer -> Math.max(0, answer.endedNanos() - times.backNanos()))
            .min()
            .orElse(Long.MAX_VALUE);
    scores.judge(
        way + ": first row after the database is back",
        firstNanos == Long.MAX_VALUE ? "none" : "%d ms".formatted(firstNanos / 1_000_000),
        BACK_WITHIN.toMillis() + " ms",
        firstNanos <= BACK_WITHIN.toNanos());
    long settledNanos = times.backNanos() + BACK_WITHIN.toNanos();
    judgeNoFailure(
        scores,
        way,
        "failed calls for uncached ids from 2 s after it is back",
        within(answers, settledNanos, settledNanos + Duration.ofDays(1).toNanos()));
  }

  private static List<Answer> within(List<Answer> answers, long fromNanos, long toNanos) {
    return answers.stream().filter(answer -> answer.beganWithin(fromNanos, toNanos)).toList();
  }

  private static long lateNanos(Answer answer) {
    return Math.max(0, answer.tookNanos() - PacedGets.DEADLINE.toNanos());
  }

  private static void pause(Duration duration) throws InterruptedException {
    var _ = new CountDownLatch(1).await(duration.toNanos(), TimeUnit.NANOSECONDS);
  }
}

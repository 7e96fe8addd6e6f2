package io.loadonce.bench.reliability.fleet;

import com.google.common.collect.Lists;
import io.loadonce.bench.reliability.Scores;
import io.loadonce.bench.reliability.fleet.SteadyGets.Answer;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;

/** A new instance starts while three others, which have all rows in their caches, are called. */
record FourthInstance(FleetLab lab, Scores scores) {

  private static final int IDS = 5_000;
  private static final int PER_SECOND = 300;
  private static final int BATCH = 500;

  /**
   * Two heartbeats; until then a new instance does not know whether it can use what is in Redis.
   */
  private static final int TRUSTS_WITHIN_SECONDS = 2;

  /**
   * What the new instance caused from the moment at which it accepted calls.
   *
   * @param rows that the database has read
   */
  record Caused(long queries, long rows, long calls, long failed) {}

  Caused measure(List<Member> three, boolean usesRedis, Duration time, long seed)
      throws IOException, InterruptedException, SQLException {
    List<Integer> ids = lab.newIds(IDS);
    for (Member each : three) {
      Lists.partition(ids, BATCH).forEach(each::batchGet);
    }
    List<Integer> order =
        new SplittableRandom(seed).ints(4L * IDS, 0, IDS).mapToObj(ids::get).toList();
    try (SteadyGets old = SteadyGets.start(three, inTurn(order), PER_SECOND)) {
      Member fourth = lab.start(usesRedis);
      long queries = lab.table().queries();
      long rows = lab.table().rowsRead();
      try (SteadyGets fresh = SteadyGets.start(List.of(fourth), inTurn(order), PER_SECOND)) {
        Thread.sleep(time);
        List<Answer> answers = fresh.stop();
        Caused caused =
            new Caused(
                lab.table().queries() - queries,
                lab.table().rowsRead() - rows,
                answers.size(),
                Answer.failed(answers) + Answer.failed(old.stop()));
        lab.end(List.of(fourth));
        return caused;
      }
    }
  }

  void judge(Caused with, Caused without, Duration time) {
    scores.judge(
        "rows read by a fourth instance in its first %d s of calls, with Redis and without"
            .formatted(time.toSeconds()),
        "%,d and %,d for %,d and %,d calls; queries: %,d and %,d"
            .formatted(
                with.rows(),
                without.rows(),
                with.calls(),
                without.calls(),
                with.queries(),
                without.queries()),
        "fewer than without, and than the calls of %d s".formatted(TRUSTS_WITHIN_SECONDS),
        with.rows() < without.rows() && with.rows() < PER_SECOND * TRUSTS_WITHIN_SECONDS);
    scores.judge(
        "a fourth instance starts: failed calls, on the others as well",
        "%,d".formatted(with.failed() + without.failed()),
        "0",
        with.failed() + without.failed() == 0);
  }

  private static IntSupplier inTurn(List<Integer> ids) {
    return new IntSupplier() {
      private int next;

      @Override
      public int getAsInt() {
        return ids.get(next++ % ids.size());
      }
    };
  }
}

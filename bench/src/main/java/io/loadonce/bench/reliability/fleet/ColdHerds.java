package io.loadonce.bench.reliability.fleet;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import io.loadonce.bench.reliability.Replies;
import io.loadonce.bench.reliability.Scores;
import io.loadonce.v1.GetResponse;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;

/** Many callers of cold ids on all instances at once; the last time, Redis is killed meanwhile. */
record ColdHerds(FleetLab lab, List<Member> fleet, Scores scores) {

  private static final int IDS = 200;

  /** So few that some of the ids are being loaded and others were not called yet. */
  private static final int CALLS_BEFORE_KILL = 150;

  private static final Duration LONGEST = Duration.ofSeconds(30);

  private record Call(Member instance, int id) {}

  /**
   * What a herd caused in the database.
   *
   * @param open how many calls waited for their answers when Redis was killed; 0 if it was not
   */
  private record Caused(long queries, long rows, int calls, long failed, long open) {}

  void run(Sizes sizes, long seed) throws IOException, InterruptedException, SQLException {
    scores.note("seed of the order of the callers", Long.toString(seed));
    Caused one = herd(lab.newIds(1), sizes.callers(), seed, /* killsRedis= */ false);
    scores.judge(
        "%d callers of one cold id on each of %d instances: queries"
            .formatted(sizes.callers(), fleet.size()),
        text(one),
        "1, none failed",
        one.queries() == 1 && one.failed() == 0);
    String herd =
        "%d callers of each of %d cold ids on each of %d instances"
            .formatted(sizes.callersPerId(), IDS, fleet.size());
    Caused many = herd(lab.newIds(IDS), sizes.callersPerId(), seed, /* killsRedis= */ false);
    scores.judge(
        herd + ": rows read",
        text(many),
        "each once, none failed",
        many.rows() == IDS && many.failed() == 0);
    Caused killed = herd(lab.newIds(IDS), sizes.callersPerId(), seed, /* killsRedis= */ true);
    scores.judge(
        herd + ", and Redis is killed meanwhile: rows read",
        "%s; %,d calls waited when it was killed".formatted(text(killed), killed.open()),
        "each once and at most once more by each instance, none failed",
        killed.open() > 0
            && killed.failed() == 0
            && killed.rows() >= IDS
            && killed.rows() <= (1L + fleet.size()) * IDS);
  }

  private Caused herd(List<Integer> ids, int callers, long seed, boolean killsRedis)
      throws InterruptedException, SQLException {
    List<Call> calls = new ArrayList<>();
    for (int id : ids) {
      for (Member instance : fleet) {
        calls.addAll(Collections.nCopies(callers, new Call(instance, id)));
      }
    }
    Collections.shuffle(calls, new Random(seed));
    long queries = lab.table().queries();
    long rows = lab.table().rowsRead();
    List<ListenableFuture<Boolean>> replies = new ArrayList<>();
    long openAtKill = 0;
    for (int i = 0; i < calls.size(); i++) {
      if (killsRedis && i == CALLS_BEFORE_KILL) {
        openAtKill = replies.stream().filter(reply -> !reply.isDone()).count();
        lab.redis().destroyForcibly();
      }
      replies.add(send(calls.get(i)));
    }
    long failed = Replies.awaitAll(replies, LONGEST).stream().filter(isOk -> !isOk).count();
    return new Caused(
        lab.table().queries() - queries,
        lab.table().rowsRead() - rows,
        calls.size(),
        failed,
        openAtKill);
  }

  /** Returns whether the call has a reply. */
  private static ListenableFuture<Boolean> send(Call call) {
    ListenableFuture<GetResponse> reply = call.instance().get(call.id());
    return Replies.whenEnded(
        reply,
        () -> {
          try {
            var _ = Futures.getDone(reply);
            return true;
          } catch (ExecutionException _) {
            return false;
          }
        });
  }

  private static String text(Caused caused) {
    return "%,d queries, %,d rows read, %,d of %,d calls failed"
        .formatted(caused.queries(), caused.rows(), caused.failed(), caused.calls());
  }
}

package io.loadonce.server.history;

import java.util.Arrays;
import java.util.List;

/**
 * Checks each read of a history, without knowledge of the cache that answered it.
 *
 * <ul>
 *   <li>G2: a read that started after an acknowledged invalidation returns that version or a newer
 *       one.
 *   <li>G3: a read with min_version returns that version or a newer one.
 *   <li>G4: a client never gets an older version than an earlier read of its own returned.
 * </ul>
 */
final class HistoryJudge {
  private final Promises promises;
  private final int ids;
  private int judged;
  private int stale;
  private int below;
  private int backward;
  private String first = "";

  private HistoryJudge(Promises promises, int ids) {
    this.promises = promises;
    this.ids = ids;
  }

  /**
   * @param clients what each client read; the reads of one client do not overlap
   * @param ids how many ids there are, from 0 on
   */
  static Verdict judge(List<ReadLog> clients, List<WriteLog> writers, int ids) {
    HistoryJudge judge = new HistoryJudge(new Promises(writers, ids), ids);
    clients.forEach(judge::judge);
    return new Verdict(
        judge.judged,
        judge.stale,
        judge.below,
        judge.backward,
        clients.stream().mapToInt(ReadLog::failures).sum(),
        clients.stream().mapToInt(ReadLog::refusals).sum(),
        writers.stream().mapToInt(WriteLog::writes).sum(),
        judge.first,
        clients.stream()
            .map(ReadLog::firstFailure)
            .filter(reason -> !reason.isEmpty())
            .findFirst()
            .orElse(""));
  }

  private void judge(ReadLog client) {
    long[] seen = new long[ids];
    Arrays.fill(seen, Long.MIN_VALUE);
    for (int read = 0; read < client.reads(); read++) {
      int id = client.id(read);
      long version = client.version(read);
      long promised = promises.floor(id, client.startNanos(read));
      judged++;
      if (version < promised) {
        stale++;
        note("G2", client, read, promised);
      }
      if (version < client.minVersion(read)) {
        below++;
        note("G3", client, read, client.minVersion(read));
      }
      if (version < seen[id]) {
        backward++;
        note("G4", client, read, seen[id]);
      }
      seen[id] = Math.max(seen[id], version);
    }
  }

  private void note(String promise, ReadLog client, int read, long atLeast) {
    if (first.isEmpty()) {
      first =
          "%s: id %d, version %d where at least %d was due, read at %d us for %d us"
              .formatted(
                  promise,
                  client.id(read),
                  client.version(read),
                  atLeast,
                  client.startNanos(read) / 1_000,
                  (client.endNanos(read) - client.startNanos(read)) / 1_000);
    }
  }
}

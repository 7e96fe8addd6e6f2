package io.loadonce.server.request;

import com.google.rpc.Status;
import io.loadonce.db.lookup.InvalidIdException;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.server.load.Freshness;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.load.Withdrawal;
import io.loadonce.server.lookup.EncodedRow;
import io.loadonce.v1.BatchGetResult;
import java.util.ArrayList;
import java.util.List;

/** BatchGet: looks many ids up; each of them has a row or a status of its own in the reply. */
final class BatchGetMethod implements UnaryCall.Method<ParsedBatchGet> {

  private final LoadOnce<Key, EncodedRow> loadOnce;
  private final KeyColumns key;
  private final boolean hasVersionColumn;
  private final CallTimeout timeout;
  private final OutcomeStatus statuses;

  BatchGetMethod(
      LoadOnce<Key, EncodedRow> loadOnce,
      KeyColumns key,
      boolean hasVersionColumn,
      CallTimeout timeout,
      OutcomeStatus statuses) {
    this.loadOnce = loadOnce;
    this.key = key;
    this.hasVersionColumn = hasVersionColumn;
    this.timeout = timeout;
    this.statuses = statuses;
  }

  @Override
  public void handle(ParsedBatchGet request, UnaryCall<ParsedBatchGet> call) {
    int size = request.ids().size();
    if (size < 1 || size > Reason.MAX_IDS) {
      call.fail(Reason.invalidBatch(size));
      return;
    }
    if (request.minVersion() != Freshness.ANY_VERSION && !hasVersionColumn) {
      call.fail(Reason.noVersionColumn());
      return;
    }
    BatchLookup batch = new BatchLookup(call, size);
    List<Key> ids = new ArrayList<>(size);
    int[] places = new int[size];
    for (int place = 0; place < size; place++) {
      try {
        ids.add(key.parse(request.ids().get(place)));
        places[ids.size() - 1] = place;
      } catch (InvalidIdException e) {
        batch.fill(place, failed(Reason.invalidId(e)));
      }
    }
    call.onCancel(
        loadOnce.getAll(
            ids,
            Freshness.ofVersion(request.minVersion()),
            timeout.remaining(),
            (outcome, i) -> batch.fill(places[i], result(outcome))),
        all -> all.forEach(Withdrawal::withdraw));
  }

  private WireMessage result(Outcome<EncodedRow> outcome) {
    return outcome instanceof Outcome.Found<EncodedRow> found
        ? GetReply.of(found)
        : failed(statuses.of(outcome));
  }

  private static WireMessage failed(Status status) {
    return new WireMessage.Generated(BatchGetResult.newBuilder().setStatus(status).build());
  }
}

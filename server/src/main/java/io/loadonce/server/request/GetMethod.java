package io.loadonce.server.request;

import io.loadonce.db.lookup.InvalidIdException;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.server.load.Freshness;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.load.Withdrawal;
import io.loadonce.server.lookup.EncodedRow;

/** Get: looks one id up in the cache, and joins or starts its load if it is not there. */
final class GetMethod implements UnaryCall.Method<ParsedGet> {

  private final LoadOnce<Key, EncodedRow> loadOnce;
  private final KeyColumns key;
  private final boolean hasVersionColumn;
  private final CallTimeout timeout;
  private final OutcomeStatus statuses;

  GetMethod(
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
  public void handle(ParsedGet request, UnaryCall<ParsedGet> call) {
    if (request.minVersion() != Freshness.ANY_VERSION && !hasVersionColumn) {
      call.fail(Reason.noVersionColumn());
      return;
    }
    Key id;
    try {
      id = key.parse(request.id());
    } catch (InvalidIdException e) {
      call.fail(Reason.invalidId(e));
      return;
    }
    Freshness needed = Freshness.ofVersion(request.minVersion());
    Outcome<EncodedRow> hit = loadOnce.look(id, needed);
    if (hit != null) {
      complete(call, hit);
      return;
    }
    call.onCancel(
        loadOnce.join(id, needed, timeout.remaining(), outcome -> complete(call, outcome)),
        Withdrawal::withdraw);
  }

  private void complete(UnaryCall<ParsedGet> call, Outcome<EncodedRow> outcome) {
    if (outcome instanceof Outcome.Found<EncodedRow> found) {
      call.reply(GetReply.of(found));
      return;
    }
    call.fail(statuses.of(outcome));
  }
}

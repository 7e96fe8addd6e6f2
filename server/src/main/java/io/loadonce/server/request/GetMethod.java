package io.loadonce.server.request;

import com.google.rpc.Status;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.load.Withdrawal;
import io.loadonce.server.lookup.EncodedRow;
import io.loadonce.server.lookup.Lookups;

/** Get: looks one id up in the cache, and joins or starts its load if it is not there. */
final class GetMethod implements UnaryCall.Method<ParsedGet> {

  private final Lookups lookups;
  private final CallTimeout timeout;
  private final OutcomeStatus statuses;

  GetMethod(Lookups lookups, CallTimeout timeout, OutcomeStatus statuses) {
    this.lookups = lookups;
    this.timeout = timeout;
    this.statuses = statuses;
  }

  @Override
  public void handle(ParsedGet request, UnaryCall<ParsedGet> call) {
    Status mistake = request.conditions().mistake();
    if (mistake != null) {
      call.fail(mistake);
      return;
    }
    switch (Target.of(lookups, call.caller(), request.lookup(), request.id(), request.key())) {
      case Target.Mistake(Status status) -> call.fail(status);
      case Target.Row row -> get(row, request.conditions(), call);
    }
  }

  private void get(Target.Row row, Conditions conditions, UnaryCall<ParsedGet> call) {
    Status mistake = conditions.mistake(row.lookup());
    if (mistake != null) {
      call.fail(mistake);
      return;
    }
    LoadOnce<Key, EncodedRow> engine = row.lookup().engine();
    Outcome<EncodedRow> hit =
        conditions.onlyIfCached()
            ? engine.lookOnly(row.id(), conditions.needed())
            : engine.look(row.id(), conditions.needed());
    if (hit != null) {
      complete(call, row, hit);
      return;
    }
    if (conditions.onlyIfCached()) {
      call.fail(Reason.NOT_CACHED);
      return;
    }
    if (!call.reservePlaces(/* ids= */ 0)) {
      return;
    }
    call.onCancel(
        engine.join(
            row.id(),
            conditions.needed(),
            timeout.remaining(),
            outcome -> complete(call, row, outcome)),
        Withdrawal::withdraw);
  }

  private void complete(UnaryCall<ParsedGet> call, Target.Row row, Outcome<EncodedRow> outcome) {
    GetReply reply = GetReply.of(row, outcome);
    if (reply != null) {
      call.reply(reply);
      return;
    }
    call.fail(statuses.of(outcome));
  }
}

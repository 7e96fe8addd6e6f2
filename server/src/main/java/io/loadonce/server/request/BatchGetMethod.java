package io.loadonce.server.request;

import com.google.rpc.Status;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.access.Caller;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.load.Withdrawal;
import io.loadonce.server.lookup.EncodedRow;
import io.loadonce.server.lookup.Lookup;
import io.loadonce.server.lookup.Lookups;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** BatchGet: looks many ids up; each of them has a row or a status of its own in the reply. */
final class BatchGetMethod implements UnaryCall.Method<ParsedBatchGet> {

  private final Lookups lookups;
  private final CallTimeout timeout;
  private final OutcomeStatus statuses;

  BatchGetMethod(Lookups lookups, CallTimeout timeout, OutcomeStatus statuses) {
    this.lookups = lookups;
    this.timeout = timeout;
    this.statuses = statuses;
  }

  @Override
  public void handle(ParsedBatchGet request, UnaryCall<ParsedBatchGet> call) {
    Status mistake = mistake(request, call.caller());
    if (mistake != null) {
      call.fail(mistake);
      return;
    }
    int size = request.named().size();
    if (call.reservePlaces(size)) {
      Turns.take(call, size, () -> start(request, call, size));
    }
  }

  private void start(ParsedBatchGet request, UnaryCall<ParsedBatchGet> call, int size) {
    BatchLookup batch = new BatchLookup(call, call.reserve(), size);
    IdentityHashMap<Lookup, Part> parts = new IdentityHashMap<>();
    for (int place = 0; place < size; place++) {
      switch (request.named().target(lookups, call.caller(), place)) {
        case Target.Mistake(Status status) -> batch.fail(place, status);
        case Target.Row row ->
            parts.computeIfAbsent(row.lookup(), lookup -> new Part(lookup, size)).add(row, place);
      }
    }
    List<Withdrawal> withdrawals = new ArrayList<>();
    for (Part part : parts.values()) {
      withdrawals.addAll(start(part, request.conditions(), batch));
    }
    call.onCancel(withdrawals, all -> all.forEach(Withdrawal::withdraw));
  }

  /** Looks up the ids of one lookup; returns how those that wait give up. */
  private List<Withdrawal> start(Part part, Conditions conditions, BatchLookup batch) {
    Status mistake = conditions.mistake(part.lookup);
    if (mistake != null) {
      part.failAll(batch, mistake);
      return List.of();
    }
    if (conditions.onlyIfCached()) {
      lookInCache(part, conditions, batch);
      return List.of();
    }
    return part.lookup
        .engine()
        .getAll(
            part.ids,
            conditions.needed(),
            timeout.remaining(),
            (outcome, i) -> fill(batch, part, i, outcome));
  }

  private void lookInCache(Part part, Conditions conditions, BatchLookup batch) {
    for (int i = 0; i < part.ids.size(); i++) {
      Outcome<EncodedRow> hit = part.lookup.engine().lookOnly(part.ids.get(i), conditions.needed());
      if (hit == null) {
        batch.fail(part.places[i], Reason.NOT_CACHED);
      } else {
        fill(batch, part, i, hit);
      }
    }
  }

  private void fill(BatchLookup batch, Part part, int i, Outcome<EncodedRow> outcome) {
    GetReply row = GetReply.of(part.rows.get(i), outcome);
    if (row == null) {
      batch.fail(part.places[i], statuses.of(outcome));
    } else {
      batch.fill(part.places[i], row);
    }
  }

  /** Returns what is wrong with the request as a whole; null if nothing is. */
  private @Nullable Status mistake(ParsedBatchGet request, Caller caller) {
    Status ofIds = request.named().mistake();
    Status mistake = ofIds == null ? request.conditions().mistake() : ofIds;
    if (mistake != null || request.named().ids().isEmpty()) {
      return mistake;
    }
    String name = request.named().lookup();
    Lookup lookup = Target.find(lookups, caller, name);
    return lookup == null
        ? Reason.noLookup(name, lookups, caller)
        : request.conditions().mistake(lookup);
  }

  /** The ids of a batch that are of one lookup, with their places in the batch. */
  private static final class Part {
    private final Lookup lookup;
    private final List<Key> ids = new ArrayList<>();
    private final List<Target.Row> rows = new ArrayList<>();
    private final int[] places;

    /**
     * @param size the size of the batch
     */
    Part(Lookup lookup, int size) {
      this.lookup = lookup;
      this.places = new int[size];
    }

    void add(Target.Row row, int place) {
      places[rows.size()] = place;
      rows.add(row);
      ids.add(row.id());
    }

    void failAll(BatchLookup batch, Status status) {
      for (int i = 0; i < rows.size(); i++) {
        batch.fail(places[i], status);
      }
    }
  }
}

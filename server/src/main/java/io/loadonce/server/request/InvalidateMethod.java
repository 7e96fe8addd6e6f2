package io.loadonce.server.request;

import com.google.rpc.Status;
import io.loadonce.db.lookup.InvalidIdException;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.server.changes.DelayedInvalidations;
import io.loadonce.server.load.Invalidated;
import io.loadonce.server.load.InvalidatedAll;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.InvalidateResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Invalidate: forgets ids, or everything, now and if asked for once more later. */
final class InvalidateMethod implements UnaryCall.Method<InvalidateRequest> {

  private static final int NANOS_PER_SECOND = 1_000_000_000;

  private static final Status ALREADY_TOO_MANY =
      Reason.TOO_MANY_REPEATS.status(
          "%,d ids are to be forgotten once more already; come again later, or leave out repeat_after"
              .formatted(DelayedInvalidations.MAX_PENDING_IDS));

  private final LoadOnce<Key, EncodedRow> loadOnce;
  private final KeyType keyType;
  private final DelayedInvalidations repeats;

  InvalidateMethod(LoadOnce<Key, EncodedRow> loadOnce, KeyType keyType, LongSupplier nanoClock) {
    this.loadOnce = loadOnce;
    this.keyType = keyType;
    this.repeats =
        new DelayedInvalidations(nanoClock, task -> Thread.ofVirtual().name("repeat").start(task));
  }

  @Override
  public void answer(InvalidateRequest request, UnaryCall<InvalidateRequest> call) {
    Status mistake = mistake(request);
    if (mistake != null) {
      call.fail(mistake);
      return;
    }
    if (request.getAll()) {
      // Takes as long as memory is large: not on the event loop.
      Thread.ofVirtual().name("forget-all").start(() -> forget(this::forgetAll, request, call));
      return;
    }
    List<Key> ids = new ArrayList<>(request.getIdsCount());
    try {
      for (String text : request.getIdsList()) {
        ids.add(keyType.parse(text));
      }
    } catch (InvalidIdException e) {
      call.fail(ResourceEndpoint.invalid(e));
      return;
    }
    forget(() -> forget(ids), request, call);
  }

  /** Starts the repetitions that are due. To be called often, by one thread. */
  void sweep() {
    repeats.sweep();
  }

  private void forget(
      Supplier<InvalidateResponse> action,
      InvalidateRequest request,
      UnaryCall<InvalidateRequest> call) {
    InvalidateResponse hits =
        request.hasRepeatAfter()
            ? repeats.twice(
                action, delay(request.getRepeatAfter()), Math.max(1, request.getIdsCount()))
            : action.get();
    if (hits == null) {
      call.fail(ALREADY_TOO_MANY);
      return;
    }
    call.reply(new WireMessage.Generated(hits));
  }

  private InvalidateResponse forget(List<Key> ids) {
    long entries = 0;
    long flights = 0;
    for (Key id : ids) {
      Invalidated hit = loadOnce.invalidate(id);
      entries += hit.entryRemoved() ? 1 : 0;
      flights += hit.flightFenced() ? 1 : 0;
    }
    return response(entries, flights);
  }

  private InvalidateResponse forgetAll() {
    InvalidatedAll hit = loadOnce.invalidateAll();
    return response(hit.entriesRemoved(), hit.flightsFenced());
  }

  private static InvalidateResponse response(long entries, long flights) {
    return InvalidateResponse.newBuilder()
        .setEntriesRemoved(entries)
        .setFlightsFenced(flights)
        .build();
  }

  /** What is wrong with a request, but for the ids themselves; null if nothing is. */
  private static @Nullable Status mistake(InvalidateRequest request) {
    int size = request.getIdsCount();
    if (request.getAll() && size > 0) {
      return Reason.INVALID_BATCH.status("a request names ids or sets all, not both");
    }
    if (!request.getAll() && size == 0) {
      return Reason.INVALID_BATCH.status(
          "a request names 1 to %,d ids, or sets all".formatted(ResourceEndpoint.MAX_IDS));
    }
    if (size > ResourceEndpoint.MAX_IDS) {
      return ResourceEndpoint.invalidBatch(size);
    }
    if (request.hasRepeatAfter() && !isDelay(request.getRepeatAfter())) {
      return Reason.INVALID_REPEAT.status(
          "repeat_after must be more than 0 s and at most %d s, not %d s and %d ns"
              .formatted(
                  DelayedInvalidations.MAX_DELAY.toSeconds(),
                  request.getRepeatAfter().getSeconds(),
                  request.getRepeatAfter().getNanos()));
    }
    return null;
  }

  /** Protobuf itself takes any seconds and any nanoseconds. */
  private static boolean isDelay(com.google.protobuf.Duration duration) {
    boolean isInRange =
        duration.getSeconds() >= 0
            && duration.getSeconds() <= DelayedInvalidations.MAX_DELAY.toSeconds()
            && duration.getNanos() >= 0
            && duration.getNanos() < NANOS_PER_SECOND;
    return isInRange
        && delay(duration).isPositive()
        && delay(duration).compareTo(DelayedInvalidations.MAX_DELAY) <= 0;
  }

  private static Duration delay(com.google.protobuf.Duration duration) {
    return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
  }
}

package io.loadonce.server.request;

import com.google.rpc.Status;
import io.loadonce.db.lookup.InvalidIdException;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.server.changes.DelayedInvalidations;
import io.loadonce.server.load.Invalidation;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.lookup.EncodedRow;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.InvalidateResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Invalidate: removes ids, or everything, from the cache; at once, and with {@code repeat_after} a
 * second time.
 */
final class InvalidateMethod implements UnaryCall.Method<InvalidateRequest> {

  private static final int NANOS_PER_SECOND = 1_000_000_000;

  private static final Status TOO_MANY_PENDING =
      Reason.TOO_MANY_REPEATS.status(
          ("repeated invalidations of %,d ids are pending already; try again later, or leave out"
                  + " repeat_after")
              .formatted(DelayedInvalidations.MAX_PENDING_IDS));

  private final LoadOnce<Key, EncodedRow> loadOnce;
  private final KeyColumns key;
  private final DelayedInvalidations delayed;

  InvalidateMethod(
      LoadOnce<Key, EncodedRow> loadOnce, KeyColumns key, DelayedInvalidations delayed) {
    this.loadOnce = loadOnce;
    this.key = key;
    this.delayed = delayed;
  }

  @Override
  public void handle(InvalidateRequest request, UnaryCall<InvalidateRequest> call) {
    Status mistake = mistake(request);
    if (mistake != null) {
      call.fail(mistake);
      return;
    }
    if (request.getAll()) {
      // Takes time that grows with the cache, so it may not run on the event loop.
      Thread.ofVirtual()
          .name("invalidate-all")
          .start(() -> invalidate(this::invalidateAll, request, call));
      return;
    }
    List<Key> ids = new ArrayList<>(request.getIdsCount());
    try {
      for (String text : request.getIdsList()) {
        ids.add(key.parse(text));
      }
    } catch (InvalidIdException e) {
      call.fail(Reason.invalidId(e));
      return;
    }
    invalidate(() -> invalidate(ids), request, call);
  }

  /** Runs {@code action}, a second time later if the request says so, and replies. */
  private void invalidate(
      Supplier<InvalidateResponse> action,
      InvalidateRequest request,
      UnaryCall<InvalidateRequest> call) {
    InvalidateResponse counts =
        request.hasRepeatAfter()
            ? delayed.runTwice(
                action, delay(request.getRepeatAfter()), Math.max(1, request.getIdsCount()))
            : action.get();
    if (counts == null) {
      call.fail(TOO_MANY_PENDING);
      return;
    }
    call.reply(new WireMessage.Generated(counts));
  }

  private InvalidateResponse invalidate(List<Key> ids) {
    Invalidation all = Invalidation.NOTHING;
    for (Key id : ids) {
      all = all.plus(loadOnce.invalidate(id));
    }
    return response(all);
  }

  private InvalidateResponse invalidateAll() {
    return response(loadOnce.invalidateAll());
  }

  private static InvalidateResponse response(Invalidation done) {
    return InvalidateResponse.newBuilder()
        .setEntriesRemoved(done.entries())
        .setFlightsFenced(done.flights())
        .build();
  }

  /** Returns what is wrong with a request, apart from the form of its ids; null if nothing is. */
  private static @Nullable Status mistake(InvalidateRequest request) {
    int size = request.getIdsCount();
    if (request.getAll() && size > 0) {
      return Reason.INVALID_BATCH.status("a request names ids or sets all, not both");
    }
    if (!request.getAll() && size == 0) {
      return Reason.INVALID_BATCH.status(
          "a request names 1 to %,d ids, or sets all".formatted(Reason.MAX_IDS));
    }
    if (size > Reason.MAX_IDS) {
      return Reason.invalidBatch(size);
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

  /** Protobuf accepts any number of seconds and nanoseconds, also negative ones. */
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

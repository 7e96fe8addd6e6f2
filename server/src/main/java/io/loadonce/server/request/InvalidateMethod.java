package io.loadonce.server.request;

import com.google.rpc.Status;
import io.loadonce.server.access.Caller;
import io.loadonce.server.changes.DelayedInvalidations;
import io.loadonce.server.load.Invalidation;
import io.loadonce.server.lookup.Lookup;
import io.loadonce.server.lookup.Lookups;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.InvalidateResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Invalidate: removes ids, or everything of a lookup, from the cache; at once, and with {@code
 * repeat_after} a second time.
 */
final class InvalidateMethod implements UnaryCall.Method<InvalidateRequest> {

  private static final Status TOO_MANY_PENDING =
      Reason.TOO_MANY_REPEATS.status(
          ("repeated invalidations of %,d ids are pending already; try again later, or leave out"
                  + " repeat_after")
              .formatted(DelayedInvalidations.MAX_PENDING_IDS));

  private final Lookups lookups;
  private final DelayedInvalidations delayed;

  InvalidateMethod(Lookups lookups, DelayedInvalidations delayed) {
    this.lookups = lookups;
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
      Lookup lookup = Target.find(lookups, call.caller(), request.getLookup());
      if (lookup == null) {
        call.fail(Reason.noLookup(request.getLookup(), lookups, call.caller()));
        return;
      }
      // Takes time that grows with the cache, so it may not run on the event loop.
      Thread.ofVirtual()
          .name("invalidate-all")
          .start(() -> invalidate(() -> invalidateAll(lookup), request, call));
      return;
    }
    List<Target.Row> rows = new ArrayList<>(size(request));
    for (int place = 0; place < size(request); place++) {
      switch (target(request, call.caller(), place)) {
        case Target.Row row -> rows.add(row);
        case Target.Mistake(Status status) -> {
          call.fail(status);
          return;
        }
      }
    }
    invalidate(() -> invalidate(rows), request, call);
  }

  /** Runs {@code action}, a second time later if the request says so, and replies. */
  private void invalidate(
      Supplier<InvalidateResponse> action,
      InvalidateRequest request,
      UnaryCall<InvalidateRequest> call) {
    InvalidateResponse counts =
        request.hasRepeatAfter()
            ? delayed.runTwice(action, delay(request.getRepeatAfter()), Math.max(1, size(request)))
            : action.get();
    if (counts == null) {
      call.fail(TOO_MANY_PENDING);
      return;
    }
    call.reply(new WireMessage.Generated(counts));
  }

  private static InvalidateResponse invalidate(List<Target.Row> rows) {
    Invalidation all = Invalidation.NOTHING;
    for (Target.Row row : rows) {
      all = all.plus(row.lookup().engine().invalidate(row.id()));
    }
    return response(all);
  }

  private static InvalidateResponse invalidateAll(Lookup lookup) {
    return response(lookup.engine().invalidateAll());
  }

  private static InvalidateResponse response(Invalidation done) {
    return InvalidateResponse.newBuilder()
        .setEntriesRemoved(done.entries())
        .setFlightsFenced(done.flights())
        .build();
  }

  private Target target(InvalidateRequest request, Caller caller, int place) {
    if (request.getKeysCount() == 0) {
      return Target.of(lookups, caller, request.getLookup(), request.getIds(place), List.of());
    }
    return Target.of(lookups, caller, request.getLookup(), request.getKeys(place));
  }

  private static int size(InvalidateRequest request) {
    return request.getIdsCount() + request.getKeysCount();
  }

  /** Returns what is wrong with a request, apart from its lookups and ids; null if nothing is. */
  private static @Nullable Status mistake(InvalidateRequest request) {
    int size = size(request);
    if (request.getAll() && size > 0) {
      return Reason.INVALID_BATCH.status("a request names ids or keys, or sets all, not both");
    }
    if (request.getIdsCount() > 0 && request.getKeysCount() > 0) {
      return Reason.INVALID_BATCH.status("a request has ids or keys, not both");
    }
    if (!request.getAll() && size == 0) {
      return Reason.INVALID_BATCH.status(
          "a request names 1 to %,d ids or keys, or sets all".formatted(Reason.MAX_IDS));
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

  private static boolean isDelay(com.google.protobuf.Duration duration) {
    return WireDuration.isZeroOrMore(duration)
        && delay(duration).isPositive()
        && delay(duration).compareTo(DelayedInvalidations.MAX_DELAY) <= 0;
  }

  private static Duration delay(com.google.protobuf.Duration duration) {
    return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
  }
}

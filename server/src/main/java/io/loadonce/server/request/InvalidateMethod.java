package io.loadonce.server.request;

import com.google.rpc.Status;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.access.Caller;
import io.loadonce.server.changes.DelayedInvalidations;
import io.loadonce.server.changes.Instances;
import io.loadonce.server.load.Invalidation;
import io.loadonce.server.load.LoadOnce;
import io.loadonce.server.lookup.Lookup;
import io.loadonce.server.lookup.Lookups;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.InvalidateResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
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
  private static final Status NOT_SENT =
      Reason.NOT_SENT.status(
          "invalidated on this instance; the others were not told, since Redis cannot be reached,"
              + " and will be as soon as it can; repeat the call later to be sure");

  private final DelayedInvalidations delayed;
  private final Instances instances;

  InvalidateMethod(Lookups lookups, DelayedInvalidations delayed, Instances instances) {
    this.lookups = lookups;
    this.delayed = delayed;
    this.instances = instances;
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
          .start(() -> invalidate(() -> invalidateAll(lookup, isSeen(request)), request, call));
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
    invalidate(() -> invalidate(rows, isSeen(request)), request, call);
  }

  /** Runs {@code action}, a second time later if the request says so, and replies. */
  private void invalidate(
      Supplier<CompletableFuture<Done>> action,
      InvalidateRequest request,
      UnaryCall<InvalidateRequest> call) {
    CompletableFuture<Done> done =
        request.hasRepeatAfter()
            ? delayed.runTwice(action, delay(request.getRepeatAfter()), Math.max(1, size(request)))
            : action.get();
    if (done == null) {
      call.fail(TOO_MANY_PENDING);
      return;
    }
    var _ = done.thenAccept(each -> reply(each, isSeen(request), call));
  }

  private static void reply(Done done, boolean isSeen, UnaryCall<InvalidateRequest> call) {
    Instances.Reach reach = done.reach();
    if (isSeen && !reach.isSent()) {
      call.fail(NOT_SENT);
      return;
    }
    call.reply(
        new WireMessage.Generated(
            InvalidateResponse.newBuilder()
                .setEntriesRemoved(done.here().entries())
                .setFlightsFenced(done.here().flights())
                .setInstancesReached(reach.instances())
                .setInstancesWaitedOut(reach.waitedOut())
                .build()));
  }

  private CompletableFuture<Done> invalidate(List<Target.Row> rows, boolean isSeen) {
    Map<Lookup, List<Key>> byLookup = new LinkedHashMap<>();
    for (Target.Row row : rows) {
      byLookup.computeIfAbsent(row.lookup(), _ -> new ArrayList<>()).add(row.id());
    }
    CompletableFuture<Done> all = null;
    for (Map.Entry<Lookup, List<Key>> each : byLookup.entrySet()) {
      LoadOnce<Key, ?> engine = each.getKey().engine();
      CompletableFuture<Done> one =
          invalidate(
              each.getKey(),
              each.getValue(),
              isSeen,
              () ->
                  each.getValue().stream()
                      .map(engine::invalidate)
                      .reduce(Invalidation.NOTHING, Invalidation::plus));
      all = all == null ? one : all.thenCombine(one, Done::and);
    }
    return Objects.requireNonNull(all);
  }

  private CompletableFuture<Done> invalidateAll(Lookup lookup, boolean isSeen) {
    return invalidate(lookup, List.of(), isSeen, lookup.engine()::invalidateAll);
  }

  /**
   * @param here invalidates on this instance
   */
  private CompletableFuture<Done> invalidate(
      Lookup lookup, List<Key> ids, boolean isSeen, Supplier<Invalidation> here) {
    Invalidation[] done = new Invalidation[1];
    return instances
        .invalidate(lookup.settings().name(), ids, isSeen, () -> done[0] = here.get())
        .thenApply(reach -> new Done(done[0], reach));
  }

  private static boolean isSeen(InvalidateRequest request) {
    return request.getStrength() == InvalidateRequest.Strength.STRENGTH_SEEN;
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

  /**
   * What an invalidation did.
   *
   * @param here on this instance
   * @param reach what is known of the others
   */
  private record Done(Invalidation here, Instances.Reach reach) {
    Done and(Done other) {
      return new Done(here.plus(other.here), reach.and(other.reach));
    }
  }
}

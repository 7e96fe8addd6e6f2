package io.loadonce.server.request;

import com.google.rpc.Status;
import io.loadonce.db.lookup.Key;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
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

  private static final Status NOT_SENT =
      Reason.NOT_SENT.status(
          "invalidated on this instance; the others were not told, since Redis cannot be reached,"
              + " and will be as soon as it can; repeat the call later to be sure");

  private static final Duration KEEP_THREAD = Duration.ofSeconds(1);

  private final Lookups lookups;
  private final DelayedInvalidations delayed;
  private final Instances instances;

  /**
   * Runs the invalidations of everything, one at a time. Each takes time that grows with the cache,
   * so it may not run on the event loop.
   */
  private final Executor ofAll;

  InvalidateMethod(Lookups lookups, DelayedInvalidations delayed, Instances instances) {
    this.lookups = lookups;
    this.delayed = delayed;
    this.instances = instances;
    ThreadPoolExecutor one =
        new ThreadPoolExecutor(
            /* corePoolSize= */ 1,
            /* maximumPoolSize= */ 1,
            KEEP_THREAD.toMillis(),
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofVirtual().name("invalidate-all").factory());
    one.allowCoreThreadTimeOut(true);
    this.ofAll = one;
  }

  @Override
  public void handle(InvalidateRequest request, UnaryCall<InvalidateRequest> call) {
    ManyIds named = new ManyIds(request.getLookup(), request.getIdsList(), request.getKeysList());
    Status mistake = mistake(request, named);
    if (mistake != null) {
      call.fail(mistake);
      return;
    }
    // Takes no room before it waits: an invalidation is not refused because of what others read.
    if (request.getAll()) {
      startAll(request, call);
    } else {
      Turns.take(call, named.size(), () -> start(request, named, call));
    }
  }

  private void startAll(InvalidateRequest request, UnaryCall<InvalidateRequest> call) {
    Lookup lookup = Target.find(lookups, call.caller(), request.getLookup());
    if (lookup == null) {
      call.fail(Reason.noLookup(request.getLookup(), lookups, call.caller()));
      return;
    }
    Runnable work =
        () -> invalidate(() -> invalidateAll(lookup, isSeen(request)), request, /* ids= */ 1, call);
    ofAll.execute(
        () -> {
          if (call.isOpen()) {
            call.run(work);
          }
        });
  }

  private void start(InvalidateRequest request, ManyIds named, UnaryCall<InvalidateRequest> call) {
    List<Target.Row> rows = new ArrayList<>(named.size());
    for (int place = 0; place < named.size(); place++) {
      switch (named.target(lookups, call.caller(), place)) {
        case Target.Row row -> rows.add(row);
        case Target.Mistake(Status status) -> {
          call.fail(status);
          return;
        }
      }
    }
    invalidate(() -> invalidate(rows, isSeen(request)), request, named.size(), call);
  }

  /** Runs {@code action}, a second time later if the request says so, and replies. */
  private void invalidate(
      Supplier<CompletableFuture<Done>> action,
      InvalidateRequest request,
      int ids,
      UnaryCall<InvalidateRequest> call) {
    CompletableFuture<Done> done =
        request.hasRepeatAfter()
            ? delayed.runTwice(action, delay(request.getRepeatAfter()), ids)
            : action.get();
    if (done == null) {
      call.fail(TOO_MANY_PENDING);
      return;
    }
    var _ =
        done.whenComplete(
            (each, failure) ->
                call.run(
                    () -> {
                      if (failure != null) {
                        throw new CompletionException(failure);
                      }
                      reply(each, isSeen(request), call);
                    }));
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
    CompletableFuture<Done> all = CompletableFuture.completedFuture(Done.NOTHING);
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
      all = all.thenCombine(one, Done::and);
    }
    return all;
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

  /** Returns what is wrong with a request, apart from its lookups and ids; null if nothing is. */
  private static @Nullable Status mistake(InvalidateRequest request, ManyIds named) {
    if (request.getAll() && named.size() > 0) {
      return Reason.INVALID_BATCH.status("a request names ids or keys, or sets all, not both");
    }
    if (!request.getAll() && named.size() == 0) {
      return Reason.INVALID_BATCH.status(
          "a request names 1 to %,d ids or keys, or sets all".formatted(Reason.MAX_IDS));
    }
    Status mistake = request.getAll() ? null : named.mistake();
    if (mistake != null) {
      return mistake;
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
    static final Done NOTHING =
        new Done(
            Invalidation.NOTHING,
            new Instances.Reach(Integer.MAX_VALUE, /* waitedOut= */ 0, /* isSent= */ true));

    Done and(Done other) {
      return new Done(here.plus(other.here), reach.and(other.reach));
    }
  }
}

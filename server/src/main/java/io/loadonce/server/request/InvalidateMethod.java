package io.loadonce.server.request;

import com.google.rpc.Status;
import io.loadonce.server.changes.DelayedInvalidations;
import io.loadonce.server.load.Invalidation;
import io.loadonce.server.lookup.Lookup;
import io.loadonce.server.lookup.Lookups;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.InvalidateResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

  private static final Duration KEEP_THREAD = Duration.ofSeconds(1);

  private final Lookups lookups;
  private final DelayedInvalidations delayed;

  /**
   * Runs the invalidations of everything, one at a time. Each takes time that grows with the cache,
   * so it may not run on the event loop.
   */
  private final Executor ofAll;

  InvalidateMethod(Lookups lookups, DelayedInvalidations delayed) {
    this.lookups = lookups;
    this.delayed = delayed;
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
    Runnable work = () -> invalidate(() -> invalidateAll(lookup), request, /* ids= */ 1, call);
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
    invalidate(() -> invalidate(rows), request, named.size(), call);
  }

  /** Runs {@code action}, a second time later if the request says so, and replies. */
  private void invalidate(
      Supplier<InvalidateResponse> action,
      InvalidateRequest request,
      int ids,
      UnaryCall<InvalidateRequest> call) {
    InvalidateResponse counts =
        request.hasRepeatAfter()
            ? delayed.runTwice(action, delay(request.getRepeatAfter()), ids)
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
}

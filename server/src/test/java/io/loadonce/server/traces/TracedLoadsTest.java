package io.loadonce.server.traces;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.loadonce.db.jdbc.EmbeddedCities;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.load.LoadObserver;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.lock.Flight;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.lookup.LookupConfig;
import io.loadonce.server.lookup.Lookups;
import io.loadonce.server.lookup.LookupsOverSources;
import io.loadonce.server.lookup.OneIdSource;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.sdk.trace.ReadableSpan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TracedLoadsTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final AtomicReference<@Nullable TracedLoads> observer = new AtomicReference<>();
  private final Lookups lookups =
      LookupsOverSources.of(
          List.of(
              new LookupConfig(
                  EmbeddedCities.LOOKUP,
                  CacheSettings.within(1 << 20, 1 << 20),
                  LoadSettings.DEFAULTS)),
          _ -> new OneIdSource(_ -> Optional.empty()),
          LockSettings.DEFAULTS,
          System::nanoTime);

  @Test
  void load_untraced_leavesNothingBehindAndATracedOneDoes() throws Exception {
    lookups.observe(
        lookup -> {
          TracedLoads made =
              new TracedLoads(TracerProvider.noop().get("test"), lookup, "jdbc:h2:mem:");
          observer.set(made);
          return made;
        });
    TracedLoads loads = requireNonNull(observer.get());

    for (int id = 1; id <= 100; id++) {
      load(id);
    }
    assertThat(loads.followed()).isZero();

    var _ =
        Context.current()
            .withValue(TracedCalls.CALL, Span.getInvalid())
            .call(
                () -> {
                  load(101);
                  return true;
                });
    assertThat(loads.followed()).isOne();
  }

  @Test
  void queryBegins_moreCallsThanTheLimit_furtherOnesHaveNoLink() throws Exception {
    List<Span> calls = new ArrayList<>();
    try (Traces traces = Traces.start(new TraceSettings("http://127.0.0.1:1", 1), "test")) {
      Tracer tracer = traces.tracer();
      lookups.observe(
          lookup -> new Crowd(new TracedLoads(tracer, lookup, "jdbc:h2:mem:"), tracer, calls));
      load(1);
    }

    assertThat(calls).hasSize(TracedLoads.MAX_CALLS + 10);
    assertThat(calls.stream().filter(TracedLoadsTest::hasLink))
        .as("the first call is the parent of the query, so it has no link")
        .hasSize(TracedLoads.MAX_CALLS - 1);
  }

  private static boolean hasLink(Span span) {
    return !((ReadableSpan) span).toSpanData().getLinks().isEmpty();
  }

  /** Lets more traced calls than the limit wait for a flight, before its query begins. */
  private record Crowd(TracedLoads loads, Tracer tracer, List<Span> calls) implements LoadObserver {
    @Override
    public Call call() {
      return loads.call();
    }

    @Override
    public Query queryBegins(List<? extends Flight<?, ?>> flights, int ids) {
      for (int i = 0; i < TracedLoads.MAX_CALLS + 10; i++) {
        Span span = tracer.spanBuilder("call").startSpan();
        calls.add(span);
        Context.current()
            .withValue(TracedCalls.CALL, span)
            .run(() -> loads.call().waitsFor(flights.getFirst()));
      }
      return loads.queryBegins(flights, ids);
    }
  }

  private void load(int id) throws InterruptedException {
    var _ = lookups.all().getFirst().engine().await(Key.of(id), TIMEOUT);
  }
}

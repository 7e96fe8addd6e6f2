package io.loadonce.server.traces;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.loadonce.db.jdbc.EmbeddedCities;
import io.loadonce.db.lookup.Key;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.lookup.LookupConfig;
import io.loadonce.server.lookup.Lookups;
import io.loadonce.server.lookup.LookupsOverSources;
import io.loadonce.server.lookup.OneIdSource;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.TracerProvider;
import java.time.Duration;
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

  private void load(int id) throws InterruptedException {
    var _ = lookups.all().getFirst().engine().await(Key.of(id), TIMEOUT);
  }
}

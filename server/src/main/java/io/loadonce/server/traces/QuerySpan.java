package io.loadonce.server.traces;

import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.SourceQuery;
import io.loadonce.server.load.LoadObserver;
import io.loadonce.server.load.LoadStatistics.Failure;
import io.loadonce.server.load.LoadStatistics.Stage;
import io.loadonce.server.lock.Flight;
import io.loadonce.server.lookup.Lookup;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The span of one query. It exists once a traced call waits for the query: it is a child of the
 * first such call, and each other one has a link to it. It says nothing about ids and rows.
 */
final class QuerySpan {

  private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("db.system.name");
  private static final AttributeKey<String> STATEMENT = AttributeKey.stringKey("db.query.text");
  private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
  private static final AttributeKey<String> LOOKUP = AttributeKey.stringKey("loadonce.lookup");
  private static final AttributeKey<Long> IDS = AttributeKey.longKey("loadonce.query.ids");
  private static final AttributeKey<Double> CONNECTION = seconds("connection");
  private static final AttributeKey<Double> QUERY = seconds("query");
  private static final AttributeKey<Double> ROWS = seconds("rows");

  private static final double NANOS_PER_SECOND = 1e9;

  private record End(@Nullable Failure failure, SourceQuery.Times times, long epochNanos) {}

  private final Tracer tracer;
  private final Lookup lookup;
  private final String databaseSystem;
  private final List<? extends Flight<?, ?>> flights;
  private final int ids;
  private final long beganEpochNanos = Clock.getDefault().now();

  /** The spans of calls, by identity. */
  private final Set<Span> calls = ConcurrentHashMap.newKeySet();

  private final AtomicReference<@Nullable Span> span = new AtomicReference<>();
  private volatile @Nullable End end;

  /**
   * @param flights those that the query is for
   */
  QuerySpan(
      Tracer tracer,
      Lookup lookup,
      String databaseSystem,
      List<? extends Flight<?, ?>> flights,
      int ids) {
    this.tracer = tracer;
    this.lookup = lookup;
    this.databaseSystem = databaseSystem;
    this.flights = flights;
    this.ids = ids;
  }

  boolean loads(Flight<?, ?> flight) {
    return flights.contains(flight);
  }

  /**
   * A call waits for the query. Does nothing the second time for the same call, and beyond {@link
   * TracedLoads#MAX_CALLS} calls.
   */
  void isAwaitedBy(Span call) {
    if (calls.size() >= TracedLoads.MAX_CALLS || !calls.add(call)) {
      return;
    }
    Span begun = span.get();
    if (begun == null) {
      Span child = begin(call);
      if (span.compareAndSet(null, child)) {
        endIfOver(child);
        return;
      }
      begun = span.get(); // the child of this call never ends, so it is not sent
    }
    if (begun != null) {
      call.addLink(begun.getSpanContext());
    }
  }

  /** The query has ended, as {@link LoadObserver.Query#ended} says. */
  void ended(@Nullable Failure failure, SourceQuery.Times times) {
    end = new End(failure, times, Clock.getDefault().now());
    Span begun = span.get();
    if (begun != null) {
      endIfOver(begun);
    }
  }

  private Span begin(Span call) {
    LookupSettings settings = lookup.settings();
    return tracer
        .spanBuilder("load " + settings.name())
        .setSpanKind(SpanKind.CLIENT)
        .setParent(Context.root().with(call))
        .setStartTimestamp(beganEpochNanos, TimeUnit.NANOSECONDS)
        .setAttribute(LOOKUP, settings.name())
        .setAttribute(IDS, (long) ids)
        .setAttribute(SYSTEM, databaseSystem)
        .setAttribute(STATEMENT, settings.query().toString())
        .startSpan();
  }

  /** Only the first end of a span counts. */
  private void endIfOver(Span begun) {
    End over = end;
    if (over == null) {
      return;
    }
    SourceQuery.Times times = over.times();
    took(begun, CONNECTION, Stage.CONNECTION, times.connectionNanos());
    took(begun, QUERY, Stage.QUERY, times.queryNanos());
    took(begun, ROWS, Stage.ROWS, times.rowsNanos());
    if (over.failure() != null) {
      begun.setAttribute(ERROR, over.failure().name().toLowerCase(Locale.ROOT));
      begun.setStatus(StatusCode.ERROR);
    }
    begun.end(over.epochNanos(), TimeUnit.NANOSECONDS);
  }

  private void took(Span begun, AttributeKey<Double> attribute, Stage stage, long nanos) {
    begun.setAttribute(attribute, nanos / NANOS_PER_SECOND);
    Exemplars.keep(lookup.engine().statistics().stage(stage), nanos, begun);
  }

  private static AttributeKey<Double> seconds(String part) {
    return AttributeKey.doubleKey("loadonce." + part + ".seconds");
  }
}

package io.loadonce.server.traces;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.loadonce.server.load.LoadObserver;
import io.loadonce.server.lock.Flight;
import io.loadonce.server.lookup.Lookup;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;

/** Brings the traced calls of one lookup together with the queries that load what they wait for. */
final class TracedLoads implements LoadObserver {

  /**
   * The most calls of one flight, and of one query, that are brought together; a further one has no
   * link. More spans could not wait to be sent at one time.
   */
  static final int MAX_CALLS = Traces.MAX_QUEUED_SPANS;

  private static final Call UNTRACED = _ -> {};

  private final Tracer tracer;
  private final Lookup lookup;
  private final String databaseSystem;

  /*
   * A call and a query meet, whichever comes first: each is written down before it looks for the
   * other. Of the flights, only those are here for which a traced call waits.
   */

  /**
   * The traced calls that wait for a flight. By identity, and the keys are weak: a flight that has
   * ended leaves nothing behind.
   */
  private final Map<Flight<?, ?>, Queue<Span>> calls =
      Caffeine.newBuilder()
          .weakKeys()
          .executor(Runnable::run)
          .<Flight<?, ?>, Queue<Span>>build()
          .asMap();

  /** At most one for each connection. By identity. */
  private final Set<QuerySpan> queries = ConcurrentHashMap.newKeySet();

  /**
   * @param databaseUrl of JDBC
   */
  TracedLoads(Tracer tracer, Lookup lookup, String databaseUrl) {
    this.tracer = tracer;
    this.lookup = lookup;
    this.databaseSystem = system(databaseUrl);
  }

  /** Returns for how many flights traced calls wait, including some that have ended. */
  int followed() {
    return calls.size();
  }

  @Override
  public Call call() {
    Span call = TracedCalls.current();
    return call == null ? UNTRACED : new TracedCall(call);
  }

  @Override
  public Query queryBegins(List<? extends Flight<?, ?>> flights, int ids) {
    QuerySpan query = new QuerySpan(tracer, lookup, databaseSystem, flights, ids);
    queries.add(query);
    for (Flight<?, ?> flight : flights) {
      Queue<Span> waiting = calls.get(flight);
      if (waiting != null) {
        waiting.forEach(query::isAwaitedBy);
      }
    }
    return (failure, times) -> {
      queries.remove(query);
      query.ended(failure, times);
    };
  }

  /** The name that OpenTelemetry's conventions give to a database. */
  private static String system(String databaseUrl) {
    String name = databaseUrl.replaceFirst("^jdbc:", "").replaceFirst(":.*", "");
    return name.equals("h2") ? "h2database" : name;
  }

  private final class TracedCall implements Call {
    private final Span span;

    TracedCall(Span span) {
      this.span = span;
    }

    @Override
    public void waitsFor(Flight<?, ?> flight) {
      var _ = calls.computeIfAbsent(flight, _ -> new LinkedBlockingQueue<>(MAX_CALLS)).offer(span);
      for (QuerySpan query : queries) {
        if (query.loads(flight)) {
          query.isAwaitedBy(span);
        }
      }
    }

    @Override
    public void answered(long waitedNanos) {
      Exemplars.keep(lookup.engine().statistics().waits(), waitedNanos, span);
    }
  }
}

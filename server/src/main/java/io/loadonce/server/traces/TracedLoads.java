package io.loadonce.server.traces;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.server.load.LoadObserver;
import io.loadonce.server.lock.Flight;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Brings the traced calls of one lookup together with the queries that load what they wait for. */
final class TracedLoads implements LoadObserver {

  private static final Call UNTRACED = _ -> {};

  private final Tracer tracer;
  private final LookupSettings lookup;
  private final String databaseSystem;

  /**
   * By identity. The keys are weak: a flight that ends without a query, because another instance
   * has loaded its row or the database is unreachable, leaves nothing behind.
   */
  private final Map<Flight<?, ?>, FollowedFlight> flights =
      Caffeine.newBuilder()
          .weakKeys()
          .executor(Runnable::run)
          .<Flight<?, ?>, FollowedFlight>build()
          .asMap();

  /**
   * @param databaseUrl of JDBC
   */
  TracedLoads(Tracer tracer, LookupSettings lookup, String databaseUrl) {
    this.tracer = tracer;
    this.lookup = lookup;
    this.databaseSystem = system(databaseUrl);
  }

  @Override
  public Call call() {
    Span call = TracedCalls.current();
    return call == null ? UNTRACED : flight -> follow(flight).isAwaitedBy(call);
  }

  @Override
  public Query queryBegins(List<? extends Flight<?, ?>> queried, int ids) {
    QuerySpan query = new QuerySpan(tracer, lookup, databaseSystem, ids);
    queried.forEach(flight -> follow(flight).isLoadedBy(query));
    return query;
  }

  private FollowedFlight follow(Flight<?, ?> flight) {
    return flights.computeIfAbsent(flight, _ -> new FollowedFlight());
  }

  /** The name that OpenTelemetry's conventions give to a database. */
  private static String system(String databaseUrl) {
    String name = databaseUrl.replaceFirst("^jdbc:", "").replaceFirst(":.*", "");
    return name.equals("h2") ? "h2database" : name;
  }

  /**
   * The traced calls that wait for a flight, and the query that it is in. Both are written before
   * the other one is read, so that each call meets the query, whichever comes first.
   */
  private static final class FollowedFlight {
    private final Queue<Span> calls = new ConcurrentLinkedQueue<>();
    private volatile @Nullable QuerySpan query;

    void isAwaitedBy(Span call) {
      calls.add(call);
      QuerySpan underWay = query;
      if (underWay != null) {
        underWay.isAwaitedBy(call);
      }
    }

    void isLoadedBy(QuerySpan begun) {
      query = begun;
      calls.forEach(begun::isAwaitedBy);
    }
  }
}

package io.loadonce.bench.speed.scene;

import java.util.Locale;

/** The figures of the comparison, a line each. */
public enum Figure {
  HITS_ECHO("Get hits/s: Loadonce / bare echo", new Bound.AtLeast(0.92)),
  HITS_PLAIN("Get hits/s: Loadonce / plain grpc-java + Caffeine", new Bound.AtLeast(4.0)),
  HITS_ECHO_H2LOAD("the same by h2load: Loadonce / bare echo", new Bound.None()),
  HITS_PLAIN_H2LOAD("the same by h2load: Loadonce / plain", new Bound.None()),
  HITS_REDIS("Get hits/s by h2load / Redis GET by redis-benchmark", new Bound.AtLeast(2.0)),
  BATCH_REDIS("ids/s: BatchGet of 100 / Redis MGET of 100", new Bound.AtLeast(0.9)),
  COLD_HITS("cold ids/s by Get / hits/s, same driver", new Bound.AtLeast(0.6)),
  COLD_SINGLE("cold ids/s by Get / one query per id", new Bound.AtLeast(1.8)),
  COLD_QUERIES("queries per 1,000 cold ids, by PostgreSQL", new Bound.AtMost(40)),
  COLD_JDBC("cold ids/s by Get / by JDBC, same pool", new Bound.None()),
  HITS_JDBC("Get hits/s / reads/s by JDBC, same pool", new Bound.None()),
  COLD_P50("p50 of a cold Get at 50/s: batching on / off", new Bound.AtMost(1.05)),
  NEIGHBOUR_P99("p99 of cold Gets at 1,000/s: beside a slow lookup / alone", new Bound.AtMost(1.5)),
  HERD_ENGINE("herd, in the engine: last answer, ms after the row", new Bound.AtMost(100)),
  HERD_GRPC("herd, over gRPC: last answer, ms after the row", new Bound.AtMost(500)),
  HERD_QUERIES("herd: queries, by PostgreSQL", new Bound.AtMost(1)),
  ENGINE_HIT("JMH, hit: LoadOnce / Caffeine getIfPresent", new Bound.AtLeast(0.9)),
  ENGINE_EXPIRING("the same / Caffeine with a time to live and counters", new Bound.None()),
  ENGINE_CLOCK("the same / getIfPresent and one System.nanoTime()", new Bound.None()),
  LOAD_H2LOAD("calls/s to a bare echo: ./loadonce load / h2load", new Bound.AtLeast(0.6)),
  LOAD_P50("p50 by ./loadonce load of a server with 5 or 50 ms added: ms off", new Bound.AtMost(1)),
  LOAD_RATE("calls in a second: share beside the rate that was set", new Bound.AtMost(0.01)),
  LOAD_STANDSTILL("p99 of a server that stood still: reported / true", new Bound.AtLeast(0.95)),
  LOAD_SCENARIOS("scenarios of ./loadonce load: wrong verdicts, of 28", new Bound.AtMost(0)),
  LOAD_COMPARE("./loadonce load compare: right verdicts, of 2", new Bound.AtLeast(2)),
  OBSERVED_HITS("Get hits/s: audit, traces, slow loads on / off", new Bound.AtLeast(0.98)),
  OBSERVED_COLD("cold ids/s: audit, traces, slow loads on / off", new Bound.AtLeast(0.98)),
  ALLOCATION("bytes allocated per Get hit: Loadonce / bare echo", new Bound.AtMost(1.15));

  private final String title;
  private final Bound bound;

  Figure(String title, Bound bound) {
    this.title = title;
    this.bound = bound;
  }

  public String title() {
    return title;
  }

  public Bound bound() {
    return bound;
  }

  /** Its name on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

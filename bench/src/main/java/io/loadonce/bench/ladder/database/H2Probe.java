package io.loadonce.bench.ladder.database;

import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What H2 calls while it works on a statement: the counters and the gate of one schema. Safe for
 * use by many threads.
 */
public final class H2Probe {
  private static final Map<String, H2Probe> PROBES = new ConcurrentHashMap<>();

  private final LongAdder queries = new LongAdder();
  private final LongAdder rowsRead = new LongAdder();
  private final AtomicInteger atGate = new AtomicInteger();

  /** Has the count zero while the gate is open. */
  private volatile CountDownLatch gate = new CountDownLatch(0);

  private H2Probe() {}

  static H2Probe register(String schema) {
    H2Probe probe = new H2Probe();
    PROBES.put(schema, probe);
    return probe;
  }

  static void unregister(String schema) {
    PROBES.remove(schema);
  }

  /** Called by H2 once for each query. Blocks for the time. */
  public static long begun(String schema, long millis, boolean fails)
      throws SQLException, InterruptedException {
    probe(schema).queries.increment();
    Thread.sleep(millis);
    if (fails) {
      throw new SQLException("planted failure", "45000");
    }
    return Integer.MAX_VALUE;
  }

  /** Called by H2 once for each row. Blocks while the row is gated and the gate is closed. */
  public static long rowRead(String schema, long version, boolean gated)
      throws InterruptedException {
    H2Probe probe = probe(schema);
    probe.rowsRead.increment();
    if (gated && version == 1) {
      probe.pass();
    }
    return version;
  }

  long queries() {
    return queries.sum();
  }

  long rowsRead() {
    return rowsRead.sum();
  }

  long atGate() {
    return atGate.get();
  }

  void closeGate() {
    gate = new CountDownLatch(1);
  }

  void openGate() {
    gate.countDown();
  }

  private void pass() throws InterruptedException {
    atGate.getAndIncrement();
    try {
      gate.await();
    } finally {
      atGate.getAndDecrement();
    }
  }

  private static H2Probe probe(String schema) {
    return Objects.requireNonNull(PROBES.get(schema), schema);
  }
}

package io.loadonce.db;

import java.io.IOException;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;

/** The two databases that tests run on; each is started once for all of them. */
public enum TestDatabase {
  H2,
  POSTGRESQL;

  private static final Map<TestDatabase, CountedDatabase> RUNNING =
      new EnumMap<>(TestDatabase.class);

  /** Starts it at the first call. It ends with the process. */
  public CountedDatabase database() {
    synchronized (RUNNING) {
      return RUNNING.computeIfAbsent(this, TestDatabase::start);
    }
  }

  private static CountedDatabase start(TestDatabase kind) {
    try {
      return kind == H2 ? CountedDatabase.h2() : CountedDatabase.postgres();
    } catch (IOException | SQLException e) {
      throw new IllegalStateException("cannot start " + kind, e);
    }
  }
}

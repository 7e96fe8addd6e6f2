package io.loadonce.bench.ladder;

import io.loadonce.bench.ladder.database.LadderDatabase;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The real databases that the ladder is tested on; each is started once for all tests. */
enum DatabaseKind {
  H2 {
    @Override
    LadderDatabase open() throws Exception {
      return LadderDatabase.h2();
    }
  },
  POSTGRESQL {
    @Override
    LadderDatabase open() throws Exception {
      return LadderDatabase.postgres();
    }
  };

  private static final Map<DatabaseKind, LadderDatabase> RUNNING = new ConcurrentHashMap<>();

  abstract LadderDatabase open() throws Exception;

  /** It ends with this process. */
  LadderDatabase database() {
    return RUNNING.computeIfAbsent(this, DatabaseKind::start);
  }

  private static LadderDatabase start(DatabaseKind kind) {
    try {
      return kind.open();
    } catch (Exception e) {
      throw new IllegalStateException("cannot start " + kind, e);
    }
  }
}

package io.loadonce.bench.speed.scene;

import io.loadonce.bench.speed.contender.PostgresTable;
import java.io.IOException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The plan and the table that all scenes share. For one thread. */
public final class Lab implements AutoCloseable {

  private final SpeedPlan plan;
  private @Nullable PostgresTable table;

  public Lab(SpeedPlan plan) {
    this.plan = plan;
  }

  SpeedPlan plan() {
    return plan;
  }

  /** Starts the database when it is first needed. */
  PostgresTable table() throws IOException, SQLException {
    PostgresTable known = table;
    if (known == null) {
      known = PostgresTable.start(plan.rows());
      table = known;
    }
    return known;
  }

  @Override
  public void close() throws IOException, SQLException {
    if (table != null) {
      table.close();
    }
  }
}

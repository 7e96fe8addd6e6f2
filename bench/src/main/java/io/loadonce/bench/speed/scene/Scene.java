package io.loadonce.bench.speed.scene;

import java.io.IOException;
import java.sql.SQLException;

/** One comparison, with its contenders running and warm. For one thread. */
public interface Scene extends AutoCloseable {

  /**
   * Measures each contender once. Blocks until all are measured.
   *
   * @param number from 0; the order of the turns may depend on it
   * @throws IllegalStateException if a contender did not do the work that is measured
   */
  void round(int number, Board board) throws IOException, InterruptedException, SQLException;

  /** Ends the contenders. */
  @Override
  void close() throws IOException, SQLException;
}

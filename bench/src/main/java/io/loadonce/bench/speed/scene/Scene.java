package io.loadonce.bench.speed.scene;

import java.io.IOException;
import java.sql.SQLException;

/** One comparison, with its contenders running and warm. For one thread. */
public interface Scene extends AutoCloseable {

  /**
   * Gives each contender its turn. Blocks until all have had it.
   *
   * @param number from 0; the order of the turns may depend on it
   * @throws IllegalStateException if a contender did not do what is measured
   */
  void round(int number, Board board) throws IOException, InterruptedException, SQLException;

  /** Ends the contenders. */
  @Override
  void close() throws IOException, SQLException;
}

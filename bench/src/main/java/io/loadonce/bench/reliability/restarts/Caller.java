package io.loadonce.bench.reliability.restarts;

import java.io.IOException;

/** A client that sends calls from its start on. */
interface Caller extends AutoCloseable {

  /** Ends the calls and returns what they got. Blocks until the last one has ended. */
  Tally end() throws IOException, InterruptedException;

  @Override
  void close();
}

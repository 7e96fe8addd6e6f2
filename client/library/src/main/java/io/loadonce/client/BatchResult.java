package io.loadonce.client;

/** The outcome of one id of a batch: found, not found, or failed. */
public sealed interface BatchResult permits GetResult, BatchResult.Failed {

  /** The id; of a row that was found, in its canonical form. */
  String id();

  /**
   * The server could not tell whether there is a row. Other ids of the batch may have succeeded.
   *
   * @param id the id as it was requested
   * @param failure why; the same that {@link ResourceClient#get(String)} would throw for this id
   */
  record Failed(String id, LoadonceException failure) implements BatchResult {}
}

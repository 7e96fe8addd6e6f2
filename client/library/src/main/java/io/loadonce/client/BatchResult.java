package io.loadonce.client;

/** The outcome of one key of a batch: found, not found, or failed. */
public sealed interface BatchResult permits GetResult, BatchResult.Failed {

  /** The key; of a row that was found, in its canonical form. */
  RowKey key();

  /** The key in one text: the id, if the key has one column. */
  default String id() {
    return key().text();
  }

  /**
   * The server could not tell whether there is a row. Other keys of the batch may have succeeded.
   *
   * @param key the key as it was requested
   * @param failure why; the same that {@link ResourceClient#get(RowKey, ReadOptions)} would throw
   *     for this key
   */
  record Failed(RowKey key, LoadonceException failure) implements BatchResult {}
}

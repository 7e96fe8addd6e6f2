package io.loadonce.bench.reliability.fleet;

import java.time.Duration;

/**
 * How much is measured.
 *
 * @param hangs how many times Redis hangs
 * @param hang for how long, each time
 * @param paced for how long cold ids are called at a fixed rate
 * @param fourth for how long the queries of a new instance are counted
 * @param storms how many times the ids of a storm are read, each time other ids
 * @param stormIds how many
 * @param callers of one cold id, on each instance
 * @param callersPerId of each of many cold ids, on each instance
 * @param affinityIds how many ids clients with affinity call
 * @param zipfCalls how many calls are spread over the ids by Zipf's law
 */
record Sizes(
    int hangs,
    Duration hang,
    Duration paced,
    Duration fourth,
    int storms,
    int stormIds,
    int callers,
    int callersPerId,
    int affinityIds,
    int zipfCalls) {

  static final Sizes FULL =
      new Sizes(
          3,
          Duration.ofSeconds(4),
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          3,
          20_000,
          500,
          50,
          3_000,
          30_000);

  static final Sizes QUICK =
      new Sizes(
          1,
          Duration.ofSeconds(3),
          Duration.ofSeconds(2),
          Duration.ofSeconds(3),
          1,
          2_000,
          50,
          5,
          300,
          3_000);
}

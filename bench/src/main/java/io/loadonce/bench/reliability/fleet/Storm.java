package io.loadonce.bench.reliability.fleet;

import com.google.common.collect.Lists;
import io.loadonce.bench.reliability.Scores;
import io.loadonce.bench.reliability.fleet.SteadyGets.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What a row costs that is read from Redis, and one that Redis does not have. */
record Storm(FleetLab lab, Member first, Member second, Member without, Scores scores) {

  private static final int BATCH = 100;
  private static final int CALLERS = 8;
  private static final int PER_SECOND = 50;
  private static final Duration SETTLED = Duration.ofMillis(300);

  /** A row is not put into Redis if the instance gets no answer within 50 ms. */
  private static final double LEAST_SERVED = 0.99;

  /** What one reading of all ids brought. */
  private record Read(double idsPerSecond, long fromRedis) {}

  /** Ids that the first instance has loaded are read from the two others in turn. */
  void warmInRedis(Sizes sizes) throws IOException, InterruptedException, ExecutionException {
    List<Double> fromRedis = new ArrayList<>();
    List<Double> fromDatabase = new ArrayList<>();
    long served = 0;
    long timeouts = timeouts();
    for (int i = 0; i < sizes.storms(); i++) {
      List<Integer> ids = lab.newIds(sizes.stormIds());
      var _ = read(first, ids);
      awaitLanded();
      if (i % 2 == 0) {
        fromDatabase.add(read(without, ids).idsPerSecond());
      }
      Read read = read(second, ids);
      fromRedis.add(read.idsPerSecond());
      served += read.fromRedis();
      if (i % 2 != 0) {
        fromDatabase.add(read(without, ids).idsPerSecond());
      }
    }
    int wanted = sizes.storms() * sizes.stormIds();
    scores.judge(
        "ids that are in Redis and not in the cache: share read from Redis",
        "%,d of %,d".formatted(served, wanted),
        "%.0f %%".formatted(LEAST_SERVED * 100),
        served >= wanted * LEAST_SERVED);
    scores.note(
        "the same: ids/s from Redis, and from PostgreSQL by an instance without Redis (medians of"
            + " %d, in batches of %d, %d callers)".formatted(sizes.storms(), BATCH, CALLERS),
        "%,.0f and %,.0f".formatted(median(fromRedis), median(fromDatabase)));
    scores.note(
        "the same: how many times the two instances got no answer from Redis within 50 ms",
        "%,d".formatted(timeouts() - timeouts));
  }

  private long timeouts() throws IOException, InterruptedException {
    String name = "loadonce_tier_failures_total";
    return first.metrics().plain(name) + second.metrics().plain(name);
  }

  /** Returns when the first instance puts no more rows into Redis. */
  private void awaitLanded() throws IOException, InterruptedException {
    long before;
    long landed = -1;
    do {
      before = landed;
      Thread.sleep(SETTLED);
      landed = first.metrics().sum("loadonce_tier_landed_total");
    } while (landed != before);
  }

  /** Each id is called once, on two instances in turn. */
  void unknownToAll(Sizes sizes) throws InterruptedException {
    try (SteadyGets gets = SteadyGets.start(List.of(second, without), lab::newId, 2 * PER_SECOND)) {
      Thread.sleep(sizes.paced());
      List<Answer> all = gets.stop();
      List<Answer> fleet = Answer.of(all, second);
      double with = Answer.percentileMillis(fleet, 0.5) * 1_000;
      double alone = Answer.percentileMillis(Answer.of(all, without), 0.5) * 1_000;
      scores.note(
          "a cold id that nobody has, p50 at %d calls/s: with Redis, without, difference"
              .formatted(PER_SECOND),
          "%,.0f µs, %,.0f µs, %,.0f µs (%,d calls each)"
              .formatted(with, alone, with - alone, fleet.size()));
      scores.judge(
          "cold ids at a fixed rate: failed calls",
          "%,d of %,d".formatted(Answer.failed(all), all.size()),
          "0",
          Answer.failed(all) == 0 && !all.isEmpty());
    }
  }

  private static Read read(Member instance, List<Integer> ids)
      throws InterruptedException, ExecutionException {
    long beganNanos = System.nanoTime();
    long fromRedis = 0;
    try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      List<Future<Long>> batches = new ArrayList<>();
      for (List<Integer> batch : Lists.partition(ids, BATCH)) {
        batches.add(callers.submit(() -> instance.batchGet(batch)));
      }
      for (Future<Long> batch : batches) {
        fromRedis += batch.get();
      }
    }
    return new Read(ids.size() * 1e9 / (System.nanoTime() - beganNanos), fromRedis);
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}

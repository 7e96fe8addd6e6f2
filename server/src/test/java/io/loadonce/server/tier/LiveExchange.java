package io.loadonce.server.tier;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** An exchange with a real Redis, by a clock that the test moves. */
final class LiveExchange implements AutoCloseable {
  private final AtomicLong clock = new AtomicLong(TimeUnit.HOURS.toNanos(1));
  private final Queue<Command> owed = new ConcurrentLinkedQueue<>();

  /** How many times nothing was owed: each thread asks once before it takes commands. */
  private final AtomicInteger nothingOwed = new AtomicInteger();

  private final RedisServer redis;
  private final TierSettings settings;
  private final Exchange exchange;

  private LiveExchange(RedisServer redis) {
    this.redis = redis;
    this.settings = TierInstance.settings(redis);
    this.exchange =
        Exchange.start(
            new RedisConnector(settings),
            this::takeOwed,
            Command.publish("farewell", new byte[0]),
            clock::get);
  }

  /** Returns when all threads are connected. */
  static LiveExchange start() throws IOException, InterruptedException {
    LiveExchange started = new LiveExchange(RedisServer.start());
    await()
        .atMost(TierInstance.TIMEOUT)
        .until(() -> started.exchange.isUp() && started.nothingOwed.get() >= Exchange.WORKERS);
    return started;
  }

  private List<Command> takeOwed() {
    Command next = owed.poll();
    if (next == null) {
      nothingOwed.getAndIncrement();
      return List.of();
    }
    return List.of(next);
  }

  Exchange exchange() {
    return exchange;
  }

  RedisServer redis() {
    return redis;
  }

  AtomicLong clock() {
    return clock;
  }

  long timeoutNanos() {
    return settings.timeout().toNanos();
  }

  /** From now on this is owed. */
  void owe(Command command) {
    owed.add(command);
  }

  @Override
  public void close() {
    exchange.close();
    redis.close();
  }
}

package io.loadonce.server.tier;

import io.loadonce.server.log.RateLimitedLog;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * The threads that talk to Redis, and the circuit breaker around it. Queued commands are sent
 * together, up to {@link #MAX_BATCH}.
 *
 * <p>Guarantees. {@link #offer} never blocks. A command fails when Redis has sent nothing for the
 * time-out, when its batch has taken {@value #BATCH_TIMEOUTS} times as long, also if Redis does not
 * take what is sent, or when it has waited so long to be sent. It fails at once while Redis is not
 * reached. A failure of a command that was sent opens the breaker for all: the commands that wait
 * fail too. A thread opens a new connection, pays what is owed and closes the breaker. What comes
 * to be owed while Redis is reached is paid by the next {@link #sweep}s. Non-guarantee: that a
 * command which failed was not executed.
 *
 * <p>Redis is silent if there is nothing to read after the time-out. A thread that gets no
 * processor time, to send or to read, does not count as silence of Redis for as long as its batch
 * may take: otherwise each burst of calls would open the breaker, and each instance would load each
 * id.
 *
 * <p>Safe for use by many threads.
 */
final class Exchange implements AutoCloseable {

  static final int MAX_BATCH = 256;

  /** As many commands may wait; a further one fails. */
  static final int MAX_QUEUED = 20_000;

  /** After about so many bytes a batch is full. */
  private static final int MAX_BATCH_BYTES = 1 << 20;

  /** Threads, each with its own connection. */
  static final int WORKERS = 2;

  /** A batch fails after so many time-outs, also if Redis sends its answers one by one. */
  static final int BATCH_TIMEOUTS = 4;

  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** A command that waits to be sent. */
  private record Queued(Command command, long offeredNanos) {}

  /** Errors which say that this server cannot be used now, whatever the command was. */
  private static final Pattern UNUSABLE =
      Pattern.compile(
          "^(READONLY|LOADING|MASTERDOWN|NOSCRIPT|NOAUTH|WRONGPASS|NOPERM|NOREPLICAS|CLUSTERDOWN"
              + "|MISCONF|MOVED|UNBLOCKED)\\b.*",
          Pattern.DOTALL);

  private static final Logger log = LoggerFactory.getLogger(Exchange.class);

  private final RedisConnector connector;
  private final Supplier<List<Command>> owed;
  private final Command farewell;
  private final LongSupplier nanoClock;
  private final RateLimitedLog limitedLog;
  private final long batchTimeoutNanos;
  private final LinkedTransferQueue<Queued> waiting = new LinkedTransferQueue<>();
  private final AtomicInteger queued = new AtomicInteger();
  private final List<Worker> workers;

  private volatile boolean isUp;
  private volatile boolean closed;

  /** When {@link #sweep} last offered what is owed. */
  private long paidNanos;

  /** How many times the breaker has opened. */
  private final AtomicInteger failures = new AtomicInteger();

  /**
   * @param owed what must be done before anything else, once Redis is reached; empty when it is
   *     paid
   * @param farewell what is done last, if Redis is reached
   */
  private Exchange(
      RedisConnector connector,
      Supplier<List<Command>> owed,
      Command farewell,
      LongSupplier nanoClock) {
    this.connector = connector;
    this.owed = owed;
    this.farewell = farewell;
    this.nanoClock = nanoClock;
    this.limitedLog = new RateLimitedLog(log, nanoClock);
    this.batchTimeoutNanos = connector.timeout().multipliedBy(BATCH_TIMEOUTS).toNanos();
    this.paidNanos = nanoClock.getAsLong();
    List<Worker> made = new ArrayList<>();
    for (int i = 1; i <= WORKERS; i++) {
      made.add(new Worker(i));
    }
    this.workers = List.copyOf(made);
  }

  static Exchange start(
      RedisConnector connector,
      Supplier<List<Command>> owed,
      Command farewell,
      LongSupplier nanoClock) {
    Exchange exchange = new Exchange(connector, owed, farewell, nanoClock);
    exchange.workers.forEach(worker -> worker.thread.start());
    return exchange;
  }

  /** Whether commands are sent now: the breaker is closed. */
  boolean isUp() {
    return isUp;
  }

  /** How often Redis could not be used any more. */
  int failures() {
    return failures.get();
  }

  /** Sends a command soon, or lets it fail now. Never blocks. */
  void offer(Command command) {
    if (!isUp || queued.get() >= MAX_QUEUED) {
      command.onFailure().run();
      return;
    }
    queued.getAndIncrement();
    waiting.add(new Queued(command, nanoClock.getAsLong()));
  }

  /** Ends what takes too long. To be called every few milliseconds, by one thread. */
  void sweep() {
    long nowNanos = nanoClock.getAsLong();
    workers.forEach(worker -> worker.abortIfLate(nowNanos));
    if (!isUp) {
      failWaiting();
      return;
    }
    failLate(nowNanos);
    // A command can fail without a loss of the connection, for instance if too many wait.
    if (nowNanos - paidNanos >= RETRY_NANOS) {
      paidNanos = nowNanos;
      owed.get().forEach(this::offer);
    }
  }

  /** The oldest commands stand first. */
  private void failLate(long nowNanos) {
    Queued first = waiting.peek();
    while (first != null
        && nowNanos - first.offeredNanos() > batchTimeoutNanos
        && waiting.remove(first)) {
      queued.getAndDecrement();
      first.command().onFailure().run();
      first = waiting.peek();
    }
  }

  @Override
  public void close() {
    closed = true;
    isUp = false;
    failWaiting();
    workers.forEach(worker -> worker.thread.interrupt());
  }

  private void failWaiting() {
    for (Queued next = waiting.poll(); next != null; next = waiting.poll()) {
      queued.getAndDecrement();
      next.command().onFailure().run();
    }
  }

  private void failed(String reason) {
    isUp = false;
    failures.getAndIncrement();
    failWaiting();
    warn(reason);
  }

  private void warn(String reason) {
    if (!closed) {
      limitedLog.warn(
          ("Redis at %s cannot be used: %s; rows are loaded from the database, and it is tried"
                  + " again every %d ms")
              .formatted(connector.address(), reason, TimeUnit.NANOSECONDS.toMillis(RETRY_NANOS)));
    }
  }

  /** One thread with one connection. */
  private final class Worker {
    private final Thread thread;

    /** Null while there is none. */
    private volatile @Nullable RedisConnection connection;

    /** When the batch under way was taken; meaningful while {@link #isBusy}. */
    private volatile long takenNanos;

    private volatile boolean isBusy;

    Worker(int number) {
      this.thread = Thread.ofPlatform().daemon().name("redis-" + number).unstarted(this::run);
    }

    void abortIfLate(long nowNanos) {
      RedisConnection current = connection;
      if (isBusy && current != null && isLate(nowNanos)) {
        current.abort();
      }
    }

    private boolean isLate(long nowNanos) {
      return nowNanos - takenNanos > batchTimeoutNanos;
    }

    private void run() {
      while (!closed) {
        RedisConnection current = connection;
        try {
          if (current == null) {
            connect();
          } else {
            exchange(current, take());
          }
        } catch (RedisException e) {
          warn(String.valueOf(e.getMessage()));
          LockSupport.parkNanos(RETRY_NANOS);
        } catch (InterruptedException _) {
          break; // only by close
        } catch (Throwable t) { // if this thread ended, Redis would never be reached again
          lose(t.toString());
        }
      }
      RedisConnection last = connection;
      if (last != null) {
        exchange(last, List.of(farewell));
        last.close();
      }
    }

    private void connect() throws RedisException {
      RedisConnection opened = connector.open();
      connection = opened;
      for (List<Command> debts = owed.get(); !debts.isEmpty(); debts = owed.get()) {
        if (!exchange(opened, debts)) {
          connection = null;
          opened.close();
          throw new RedisException("it does not remove what was invalidated", /* cause= */ null);
        }
      }
      if (!isUp && !closed) {
        isUp = true;
        log.info("Redis at {} is connected", connector.address());
      }
    }

    private List<Command> take() throws InterruptedException {
      List<Command> batch = new ArrayList<>();
      Queued first = waiting.poll(1, TimeUnit.SECONDS);
      takenNanos = nanoClock.getAsLong();
      int bytes = 0;
      for (Queued next = first; next != null; next = waiting.poll()) {
        batch.add(next.command());
        bytes += next.command().bytes();
        if (batch.size() >= MAX_BATCH || bytes >= MAX_BATCH_BYTES) {
          break;
        }
      }
      queued.getAndAdd(-batch.size());
      return batch;
    }

    /** Returns whether each command was answered, and none with an error. */
    private boolean exchange(RedisConnection to, List<Command> batch) {
      if (batch.isEmpty()) {
        return true;
      }
      boolean isDone = true;
      int answered = 0;
      String broken = null;
      try {
        takenNanos = nanoClock.getAsLong();
        isBusy = true;
        int[] counts = new int[batch.size()];
        int sum = 0;
        for (int i = 0; i < counts.length; i++) {
          counts[i] = batch.get(i).send().applyAsInt(to);
          sum += counts[i];
        }
        List<Object> answers = to.answers(sum);
        isBusy = false;
        int place = 0;
        for (int count : counts) {
          Object answer = answer(answers.subList(place, place + count));
          place += count;
          isDone &= !(answer instanceof JedisDataException);
          broken = reply(batch.get(answered++), answer, broken);
        }
      } catch (JedisException e) {
        broken = why(e);
      } finally {
        isBusy = false;
        if (answered < batch.size()) {
          isUp = false;
          batch.subList(answered, batch.size()).forEach(each -> each.onFailure().run());
        }
      }
      if (broken != null) {
        lose(broken);
      }
      return isDone && broken == null;
    }

    private String why(JedisException e) {
      if (isLate(nanoClock.getAsLong())) {
        return "its answers took longer than %d ms"
            .formatted(TimeUnit.NANOSECONDS.toMillis(batchTimeoutNanos));
      }
      return e.getCause() instanceof SocketTimeoutException
          ? "it has sent nothing for %d ms".formatted(connector.timeout().toMillis())
          : String.valueOf(e.getMessage());
    }

    private static Object answer(List<Object> answers) {
      return answers.stream()
          .filter(JedisDataException.class::isInstance)
          .findFirst()
          .orElse(answers.getLast());
    }

    private @Nullable String reply(Command command, Object answer, @Nullable String broken) {
      if (!(answer instanceof JedisDataException error)) {
        command.onReply().accept(answer);
        return broken;
      }
      command.onFailure().run();
      String said = String.valueOf(error.getMessage());
      return UNUSABLE.matcher(said).matches() ? said : broken;
    }

    private void lose(String reason) {
      RedisConnection lost = connection;
      connection = null;
      if (lost != null) {
        lost.close();
      }
      failed(reason);
    }
  }
}

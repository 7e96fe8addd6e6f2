package io.loadonce.bench.reliability.fleet;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import io.loadonce.bench.reliability.Replies;
import io.loadonce.v1.GetResponse;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** Gets at a fixed rate, whatever the answers do; the instances take turns. */
final class SteadyGets implements AutoCloseable {

  private static final Duration LONGEST = Duration.ofSeconds(60);

  /** How a call ended. */
  record Answer(Member instance, long beganNanos, long tookNanos, boolean isOk) {

    boolean beganWithin(long fromNanos, long toNanos) {
      return beganNanos - fromNanos >= 0 && beganNanos - toNanos < 0;
    }

    double millis() {
      return tookNanos / 1e6;
    }

    static List<Answer> of(List<Answer> answers, Member instance) {
      return answers.stream().filter(answer -> answer.instance().equals(instance)).toList();
    }

    static long failed(List<Answer> answers) {
      return answers.stream().filter(answer -> !answer.isOk()).count();
    }

    /** NaN, which keeps no bound, if there are no answers. */
    static double percentileMillis(List<Answer> answers, double share) {
      double[] sorted = answers.stream().mapToDouble(Answer::millis).sorted().toArray();
      int place = (int) Math.ceil(sorted.length * share) - 1;
      return sorted.length == 0 ? Double.NaN : sorted[Math.max(place, 0)];
    }
  }

  private final List<Member> instances;
  private final IntSupplier ids;
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final Queue<ListenableFuture<Answer>> answers = new ConcurrentLinkedQueue<>();
  private int sent;

  private SteadyGets(List<Member> instances, IntSupplier ids) {
    this.instances = List.copyOf(instances);
    this.ids = ids;
  }

  /**
   * @param perSecond calls to all instances together
   */
  static SteadyGets start(List<Member> instances, IntSupplier ids, int perSecond) {
    SteadyGets gets = new SteadyGets(instances, ids);
    long nanos = Duration.ofSeconds(1).toNanos() / perSecond;
    var _ = gets.clock.scheduleAtFixedRate(gets::send, 0, nanos, TimeUnit.NANOSECONDS);
    return gets;
  }

  /** Sends no more, waits for the answers that are left, and returns all. */
  List<Answer> stop() throws InterruptedException {
    clock.shutdown();
    if (!clock.awaitTermination(LONGEST.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new IllegalStateException("a call blocked its client");
    }
    return Replies.awaitAll(answers, LONGEST);
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }

  private void send() {
    Member instance = instances.get(sent++ % instances.size());
    int id = ids.getAsInt();
    long beganNanos = System.nanoTime();
    ListenableFuture<GetResponse> reply = instance.get(id);
    answers.add(
        Replies.whenEnded(
            reply,
            () -> {
              long tookNanos = System.nanoTime() - beganNanos;
              return new Answer(instance, beganNanos, tookNanos, isOk(reply));
            }));
  }

  private static boolean isOk(ListenableFuture<GetResponse> reply) {
    try {
      GetResponse response = Futures.getDone(reply);
      return response != null && response.hasResource();
    } catch (ExecutionException _) {
      return false;
    }
  }
}

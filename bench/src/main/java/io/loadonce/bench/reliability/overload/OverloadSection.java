package io.loadonce.bench.reliability.overload;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.loadonce.bench.reliability.Scores;
import io.loadonce.bench.reliability.Section;
import io.loadonce.bench.reliability.overload.OpenLoop.Phase;
import io.loadonce.bench.speed.contender.LoadonceServer;
import io.loadonce.bench.speed.contender.PostgresTable;
import io.loadonce.bench.speed.contender.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Uncached ids at 1, 3 and 10 times the rate that the database bears, and then at 1 again. */
public final class OverloadSection implements Section {

  private static final int ROWS = 200_000;
  private static final int CONNECTIONS = 32;
  private static final int[] TIMES = {1, 3, 10};

  private static final int POOL_SIZE = 4;

  /**
   * What the databases below bear, in ids a second, with the connections of the pool. It is so low
   * that two processors bear ten times as many calls: the database is overloaded and not they.
   */
  private static final int CAPACITY = 400;

  /** At the rate that the database bears, a little less is offered, so that no queue must form. */
  private static final int AT_ONCE = CAPACITY * 94 / 100;

  /** The shortest deadline below. */
  private static final int MOST_LATE_MILLIS = 100;

  private static final String HEAP = "-Xmx512m";

  /** The heap, the direct memory of deploy/serve.options, and 256 MiB for code and threads. */
  private static final long MOST_RESIDENT_MIB = 512 + 256 + 256;

  private static final List<@Nullable Duration> DEADLINES =
      Arrays.asList(Duration.ofSeconds(1), Duration.ofMillis(100), null);

  /** What a query costs the database. */
  private enum Cost {
    /**
     * 4 connections load 400 rows a second, however many ids a query has. A query takes 0.32 s at
     * most, so that several end in the time that is measured.
     */
    EACH_ROW(
        "10 ms a row",
        "SELECT id, name, pg_sleep(0.01)::text AS slept FROM item WHERE id IN (:ids)",
        32),

    /** 4 connections load 400 rows a second, with 2 ids in each query. */
    EACH_QUERY(
        "20 ms a query of 2 ids",
        "SELECT id, name, country FROM item WHERE id IN (:ids)"
            + " AND (SELECT TRUE FROM pg_sleep(0.02))",
        2);

    private final String text;
    private final String query;
    private final int maxIds;

    Cost(String text, String query, int maxIds) {
      this.text = text;
      this.query = query;
      this.maxIds = maxIds;
    }
  }

  /**
   * How long each rate is offered.
   *
   * @param compiled at the highest rate, before everything else, until the code of the service and
   *     of this driver is compiled
   * @param warmUp before calls are counted
   * @param measured while calls are counted
   * @param after at the rate that the database bears, when the overload is over
   */
  private record Plan(Duration compiled, Duration warmUp, Duration measured, Duration after) {
    static final Plan FULL =
        new Plan(
            Duration.ofSeconds(16),
            Duration.ofSeconds(1),
            Duration.ofSeconds(3),
            Duration.ofSeconds(3));
    static final Plan QUICK =
        new Plan(
            Duration.ofMillis(500),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));

    /** Ends with a rate that the database bears, so that the measurement begins without a queue. */
    List<Phase> warmUpPhases() {
      return List.of(
          new Phase(CAPACITY * TIMES[TIMES.length - 1], compiled),
          new Phase(AT_ONCE / 2, Duration.ofSeconds(2)));
    }

    Duration step() {
      return warmUp.plus(measured);
    }

    List<Phase> phases() {
      List<Phase> phases = new ArrayList<>();
      for (int times : TIMES) {
        phases.add(new Phase(times == 1 ? AT_ONCE : CAPACITY * times, step()));
      }
      phases.add(new Phase(AT_ONCE, after));
      return phases;
    }

    long beginNanos(int phase) {
      return step().toNanos() * phase;
    }
  }

  @Override
  public String name() {
    return "overload";
  }

  @Override
  public String title() {
    return ("Uncached ids are requested at 1, 3 and 10 times the rate of %,d/s that the database"
            + " bears, and then at 1 again. The heap of the service is 512 MiB.")
        .formatted(CAPACITY);
  }

  @Override
  public void run(Scores scores, boolean isQuick)
      throws IOException, InterruptedException, SQLException {
    long resident = 0;
    try (PostgresTable table = PostgresTable.start(ROWS)) {
      for (Cost cost : Cost.values()) {
        for (@Nullable Duration deadline : isQuick ? DEADLINES.subList(0, 1) : DEADLINES) {
          resident =
              Math.max(
                  resident,
                  measure(table, cost, deadline, isQuick ? Plan.QUICK : Plan.FULL, scores));
        }
      }
    }
    scores.judge(
        "most resident memory of a service, by the kernel",
        resident + " MiB",
        "at most %d MiB".formatted(MOST_RESIDENT_MIB),
        resident <= MOST_RESIDENT_MIB);
  }

  /** Returns the most MiB that the service had in memory. */
  private static long measure(
      PostgresTable table, Cost cost, @Nullable Duration deadline, Plan plan, Scores scores)
      throws IOException, InterruptedException {
    List<String> more =
        List.of(
            "--pool-size",
            Integer.toString(POOL_SIZE),
            "--max-ids-per-query",
            Integer.toString(cost.maxIds),
            "--ttl",
            "0s",
            "--negative-ttl",
            "0s");
    try (ServerProcess server =
        LoadonceServer.start(
            LoadonceServer.flags(table, cost.query, more),
            Map.of(LoadonceServer.JAVA_OPTIONS, HEAP))) {
      List<ManagedChannel> channels = channels(server.port());
      try {
        String what =
            "%s, deadline %s"
                .formatted(cost.text, deadline == null ? "none" : deadline.toMillis() + " ms");
        ConcurrentLinkedQueue<Answers.Answer> answers = new ConcurrentLinkedQueue<>();
        OpenLoop loop = new OpenLoop(channels, ROWS);
        var _ = loop.run(plan.warmUpPhases(), deadline, (_, _, _, _) -> {});
        long unanswered = send(loop, plan, deadline, answers);
        scores.judge(
            what + ": calls that were never answered",
            "%,d".formatted(unanswered),
            "0",
            unanswered == 0);
        report(what, new Answers(List.copyOf(answers)), plan, scores);
      } finally {
        channels.forEach(ManagedChannel::shutdownNow);
      }
      return residentMib(server.handle());
    }
  }

  /** Returns how many calls were never answered. */
  private static long send(
      OpenLoop loop, Plan plan, @Nullable Duration deadline, Queue<Answers.Answer> answers)
      throws InterruptedException {
    return loop.run(
        plan.phases(),
        deadline,
        (dueNanos, lateNanos, tookNanos, status) ->
            answers.add(new Answers.Answer(dueNanos, lateNanos, tookNanos, status.getCode())));
  }

  private static void report(String what, Answers all, Plan plan, Scores scores) {
    List<Answers> steps = new ArrayList<>();
    for (int phase = 0; phase < TIMES.length; phase++) {
      long from = plan.beginNanos(phase) + plan.warmUp().toNanos();
      steps.add(all.dueWithin(from, from + plan.measured().toNanos()));
    }
    double[] good =
        steps.stream()
            .mapToDouble(step -> step.count(Status.Code.OK) * 1e3 / plan.measured().toMillis())
            .toArray();
    double peak = Arrays.stream(good).max().orElse(0);
    double least = Math.min(good[1], good[2]) / peak;
    scores.judge(
        what + ": rows/s at 1, 3 and 10 times",
        "%.0f, %.0f and %.0f; at 3 and 10 times at least %.2f of the most"
            .formatted(good[0], good[1], good[2], least),
        "at least 0.80",
        least >= 0.8);
    scores.note(
        what + ": time of a row at 1, 3 and 10 times, p50 and p99",
        steps.stream()
            .map(
                step ->
                    "%.0f and %.0f ms"
                        .formatted(
                            step.millis(Status.Code.OK, 0.5), step.millis(Status.Code.OK, 0.99)))
            .collect(Collectors.joining("; ")));
    scores.note(what + ": answers at 10 times", steps.getLast().statuses());
    double late = steps.getLast().lateMillis(0.99);
    scores.judge(
        what + ": delay of the calls at 10 times in this driver, p99",
        "%.1f ms".formatted(late),
        "at most %d ms, or the load was another".formatted(MOST_LATE_MILLIS),
        late <= MOST_LATE_MILLIS);
    double refused = steps.getLast().millis(Status.Code.RESOURCE_EXHAUSTED, 0.99);
    scores.judge(
        what + ": time of a refusal at 10 times, p99",
        "%.1f ms".formatted(refused),
        "at most 20 ms",
        refused <= 20);
    long over = plan.beginNanos(TIMES.length);
    double normal =
        all.dueWithin(over, over + plan.after().toNanos())
            .normalAfterMillis(over, plan.after().toNanos());
    scores.judge(
        what + ": after the overload, 95 % of the calls get their row again within",
        "%.0f ms".formatted(normal),
        "at most 1000 ms",
        normal <= 1_000);
  }

  private static List<ManagedChannel> channels(int port) {
    return Stream.<ManagedChannel>generate(
            () ->
                NettyChannelBuilder.forAddress("127.0.0.1", port)
                    .usePlaintext()
                    .directExecutor()
                    .build())
        .limit(CONNECTIONS)
        .toList();
  }

  /** The most that the process ever had in memory, which only Linux reports. */
  private static long residentMib(ProcessHandle process) throws IOException {
    return Files.readAllLines(Path.of("/proc/%d/status".formatted(process.pid()))).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
        .findFirst()
        .orElseThrow(() -> new IOException("the service has ended"));
  }
}

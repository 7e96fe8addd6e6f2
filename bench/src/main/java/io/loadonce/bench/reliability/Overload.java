package io.loadonce.bench.reliability;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.loadonce.bench.speed.contender.LoadonceServer;
import io.loadonce.bench.speed.contender.PostgresTable;
import io.loadonce.bench.speed.contender.ServerProcess;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Uncached ids at 1, 3 and 10 times the rate that the database bears: how many are answered in
 * time, how soon the others are refused, and how soon all is well again afterwards.
 *
 * @param warmUp how long calls are sent before they are counted
 * @param measured how long calls are counted
 */
public record Overload(Duration warmUp, Duration measured) {

  public static final Overload FULL = new Overload(Duration.ofSeconds(2), Duration.ofSeconds(6));

  /** Shows that the measurement works; its figures mean nothing. */
  public static final Overload QUICK = new Overload(Duration.ofMillis(500), Duration.ofSeconds(1));

  /** What the databases below bear, in ids a second, with 8 connections. */
  private static final int CAPACITY = 1_600;

  private static final int CONNECTIONS = 32;

  private static final int ROWS = 200_000;
  private static final int[] TIMES = {1, 3, 10};

  /** At the rate that the database bears, a little less is offered, so that no queue must form. */
  private static final double AT_ONCE = 0.94;

  /** What a query costs the database. */
  private enum Cost {
    /** 5 ms for each row: 8 connections load 1,600 rows a second, whatever the batch. */
    EACH_ROW("SELECT id, name, pg_sleep(0.005)::text AS slept FROM item WHERE id IN (:ids)", 256),

    /** 20 ms for a query of up to 4 rows: 8 connections load 1,600 rows a second. */
    EACH_QUERY(
        "SELECT id, name, country FROM item WHERE id IN (:ids)"
            + " AND (SELECT TRUE FROM pg_sleep(0.02))",
        4);

    private final String query;
    private final int maxIds;

    Cost(String query, int maxIds) {
      this.query = query;
      this.maxIds = maxIds;
    }
  }

  private record Answer(long dueNanos, long tookNanos, Status.Code status) {}

  /** Measures all and returns a table in Markdown. Blocks for minutes. */
  public String measure() throws IOException, InterruptedException, SQLException {
    List<String> lines = new ArrayList<>();
    lines.add(
        "| a query costs | deadline | offered | good/s | of the peak | p50 ms | p99 ms | refused"
            + " within, p99 ms | answers |");
    lines.add("|---|---|---|---|---|---|---|---|---|");
    try (PostgresTable table = PostgresTable.start(ROWS)) {
      for (Cost cost : Cost.values()) {
        for (Duration deadline :
            Arrays.asList(Duration.ofSeconds(1), Duration.ofMillis(100), (Duration) null)) {
          lines.addAll(measure(table, cost, deadline));
        }
      }
    }
    return String.join("\n", lines);
  }

  private List<String> measure(PostgresTable table, Cost cost, @Nullable Duration deadline)
      throws IOException, InterruptedException {
    List<String> flags =
        List.of(
            "--max-ids-per-query",
            Integer.toString(cost.maxIds),
            "--ttl",
            "0s",
            "--negative-ttl",
            "0s");
    List<String> lines = new ArrayList<>();
    try (ServerProcess server = LoadonceServer.start(table, cost.query, flags)) {
      List<ManagedChannel> channels = channels(server.port());
      OpenLoop loop = new OpenLoop(channels, ROWS);
      double peak = 0;
      for (int times : TIMES) {
        int perSecond = (int) (CAPACITY * (times == 1 ? AT_ONCE : times));
        List<Answer> answers = send(loop, perSecond, deadline);
        double good = count(answers, Status.Code.OK) / (measured.toMillis() / 1e3);
        peak = Math.max(peak, good);
        lines.add(line(cost, deadline, times, good, good / peak, answers));
      }
      channels.forEach(ManagedChannel::shutdownNow);
    }
    return lines;
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

  private List<Answer> send(OpenLoop loop, int perSecond, @Nullable Duration deadline)
      throws InterruptedException {
    ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
    loop.run(
        perSecond,
        warmUp.plus(measured),
        deadline,
        (dueNanos, tookNanos, status) -> {
          if (dueNanos >= warmUp.toNanos()) {
            answers.add(new Answer(dueNanos, tookNanos, status.getCode()));
          }
        });
    return List.copyOf(answers);
  }

  private static String line(
      Cost cost,
      @Nullable Duration deadline,
      int times,
      double good,
      double ofPeak,
      List<Answer> answers) {
    return "| %s | %s | %dx | %.0f | %.2f | %.1f | %.1f | %.1f | %s |"
        .formatted(
            cost.name().toLowerCase(Locale.ROOT).replace('_', ' '),
            deadline == null ? "none" : deadline.toMillis() + " ms",
            times,
            good,
            ofPeak,
            percentile(answers, Status.Code.OK, 0.5),
            percentile(answers, Status.Code.OK, 0.99),
            percentile(answers, Status.Code.RESOURCE_EXHAUSTED, 0.99),
            statuses(answers));
  }

  private static String statuses(List<Answer> answers) {
    Map<Status.Code, Long> counts =
        answers.stream()
            .collect(Collectors.groupingBy(Answer::status, TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .map(
            each -> "%s %.1f %%".formatted(each.getKey(), 100.0 * each.getValue() / answers.size()))
        .collect(Collectors.joining(", "));
  }

  private static long count(List<Answer> answers, Status.Code status) {
    return answers.stream().filter(answer -> answer.status() == status).count();
  }

  /** Returns 0 if no answer has that status. */
  private static double percentile(List<Answer> answers, Status.Code status, double share) {
    long[] nanos =
        answers.stream()
            .filter(answer -> answer.status() == status)
            .mapToLong(Answer::tookNanos)
            .sorted()
            .toArray();
    return nanos.length == 0 ? 0 : nanos[(int) (nanos.length * share)] / 1e6;
  }
}

package io.loadonce.bench.speed.drive;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The driver of Redis, without pipelining: a connection for each call in flight. */
public final class RedisBenchmark {

  private static final String PROGRAM = "redis-benchmark";
  private static final Duration GRACE = Duration.ofSeconds(60);

  /** So many calls tell how many fill the time; it takes a number of calls, and no time. */
  private static final int SCOUTS = 10_000;

  private RedisBenchmark() {}

  public static boolean isInstalled() {
    return Tool.isInstalled(PROGRAM);
  }

  /** How many calls of this command are answered in about the time. */
  public static long calls(int port, List<String> command, int inFlight, Duration time)
      throws IOException, InterruptedException {
    Driven scouts = run(port, command, inFlight, SCOUTS, time);
    return Math.max(SCOUTS, (long) (scouts.perSecond() * time.toMillis() / 1e3));
  }

  /** Sends a command so many times. Blocks until they are answered. */
  public static Driven run(int port, List<String> command, int inFlight, long calls, Duration about)
      throws IOException, InterruptedException {
    List<String> options =
        List.of(
            PROGRAM,
            "-p",
            Integer.toString(port),
            "-c",
            Integer.toString(inFlight),
            "-n",
            Long.toString(calls),
            "--csv");
    String said =
        Tool.run(Stream.concat(options.stream(), command.stream()).toList(), about.plus(GRACE));
    return parse(said, calls);
  }

  /** The last line is the command, calls a second, and latencies, each in quotes. */
  static Driven parse(String said, long calls) {
    String[] cells = said.lines().reduce("", (_, last) -> last).split("\",\"", -1);
    if (cells.length < 2) {
      throw new IllegalStateException("redis-benchmark says: " + said);
    }
    double perSecond = Double.parseDouble(cells[1].replace("\"", ""));
    return new Driven(calls, Duration.ofNanos((long) (calls / perSecond * 1e9)));
  }
}

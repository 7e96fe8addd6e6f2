package io.loadonce.bench.speed.drive;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The load generator of Redis, without pipelining: a connection for each call in flight. */
public final class RedisBenchmark {

  private static final String PROGRAM = "redis-benchmark";
  private static final Duration GRACE = Duration.ofSeconds(60);

  /** The calls of the trial run that estimates the rate: the tool accepts no duration. */
  private static final int SCOUTS = 10_000;

  private RedisBenchmark() {}

  public static boolean isInstalled() {
    return Tool.isInstalled(PROGRAM);
  }

  /** Estimates how many calls of this command are answered in the given time. */
  public static long calls(int port, List<String> command, int inFlight, Duration time)
      throws IOException, InterruptedException {
    Driven scouts = run(port, command, inFlight, SCOUTS, time);
    return Math.max(SCOUTS, (long) (scouts.perSecond() * time.toMillis() / 1e3));
  }

  /** Sends a command this many times. Blocks until all are answered. */
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

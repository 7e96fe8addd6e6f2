package io.loadonce.bench.speed.drive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The share of the machine's processors that each process used, the driver included. The driver is
 * this process and the tools that it ran and that have ended; a server is its process and its
 * children.
 *
 * <p>Read from {@code /proc}; where there is none, all shares are zero.
 */
public final class CpuClock {

  /** The clock ticks per second of {@code /proc} on Linux. */
  private static final double TICKS_PER_SECOND = 100;

  /**
   * In {@code /proc/PID/stat}, counted from behind the name: user, system, and of ended children.
   */
  private static final int FIRST_TIME = 11;

  private static final int TIMES = 4;

  private final Map<String, ProcessHandle> servers;
  private final Map<String, Long> before;
  private final long beganNanos;

  private CpuClock(Map<String, ProcessHandle> servers) {
    this.servers = servers;
    this.before = ticks(servers);
    this.beganNanos = System.nanoTime();
  }

  /** Starts a measurement. */
  public static CpuClock start(Map<String, ProcessHandle> servers) {
    return new CpuClock(servers);
  }

  /** The shares since the start, 0 to 1, by name; {@code driver} first. */
  public Map<String, Double> shares() {
    double seconds = (System.nanoTime() - beganNanos) / 1e9;
    double all = seconds * TICKS_PER_SECOND * Runtime.getRuntime().availableProcessors();
    Map<String, Double> shares = new LinkedHashMap<>();
    ticks(servers)
        .forEach((name, ticks) -> shares.put(name, (ticks - before.getOrDefault(name, 0L)) / all));
    return shares;
  }

  private static Map<String, Long> ticks(Map<String, ProcessHandle> servers) {
    Map<String, Long> ticks = new LinkedHashMap<>();
    ticks.put("driver", ticks(ProcessHandle.current()));
    servers.forEach(
        (name, server) ->
            ticks.put(
                name,
                Stream.concat(Stream.of(server), server.descendants())
                    .mapToLong(CpuClock::ticks)
                    .sum()));
    return ticks;
  }

  private static long ticks(ProcessHandle process) {
    try {
      return parse(Files.readString(Path.of("/proc/" + process.pid() + "/stat")));
    } catch (IOException _) {
      return 0;
    }
  }

  /** The name can contain blanks and brackets. */
  static long parse(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = 0;
    for (int i = 0; i < TIMES; i++) {
      ticks += Long.parseLong(fields[FIRST_TIME + i]);
    }
    return ticks;
  }
}

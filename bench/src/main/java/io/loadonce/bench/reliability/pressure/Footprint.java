package io.loadonce.bench.reliability.pressure;

import io.loadonce.bench.speed.contender.PostgresTable;
import io.loadonce.bench.speed.contender.ServerProcess;
import io.loadonce.bench.speed.drive.Metrics;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a service holds, seen from outside: by the tools of the JDK, {@code /proc}, the database and
 * the admin port.
 *
 * @param heapBytes what is left in the heap after a collection
 * @param files open file descriptors, connections among them
 * @param flights loads under way
 * @param statements that the database runs
 */
record Footprint(long heapBytes, int threads, int files, long flights, long statements) {

  private static final long HEAP_MARGIN_BYTES = 8L << 20;
  private static final int THREADS_MARGIN = 8;
  private static final int FILES_MARGIN = 8;
  private static final double MIB = 1 << 20;
  private static final Pattern USED = Pattern.compile("\\bused (\\d+)K");

  /** How much more than before may be left, as a text. */
  static final String BOUND =
      "heap +%.0f MiB, threads +%d, file descriptors +%d, 0 flights, 0 statements"
          .formatted(HEAP_MARGIN_BYTES / MIB, THREADS_MARGIN, FILES_MARGIN);

  /** Collects garbage and reads all. */
  static Footprint of(ServerProcess server, PostgresTable table)
      throws IOException, InterruptedException, SQLException {
    long pid = server.handle().pid();
    var _ = jcmd(pid, "GC.run");
    return new Footprint(
        usedBytes(jcmd(pid, "GC.heap_info")),
        entries("/proc/%d/task".formatted(pid)),
        entries("/proc/%d/fd".formatted(pid)),
        Metrics.read(server.adminPort()).flights(),
        table.runningStatements());
  }

  /** Whether no more than a margin is left, beside what was there before. */
  boolean isBackTo(Footprint before) {
    return heapBytes - before.heapBytes <= HEAP_MARGIN_BYTES
        && threads - before.threads <= THREADS_MARGIN
        && files - before.files <= FILES_MARGIN
        && flights == 0
        && statements == 0;
  }

  String since(Footprint before) {
    return "heap %+.1f MiB, threads %+d, file descriptors %+d, %d flights, %d statements"
        .formatted(
            (heapBytes - before.heapBytes) / MIB,
            threads - before.threads,
            files - before.files,
            flights,
            statements);
  }

  @Override
  public String toString() {
    return "heap %.1f MiB, %d threads, %d file descriptors, %d flights, %d statements"
        .formatted(heapBytes / MIB, threads, files, flights, statements);
  }

  /**
   * The used bytes of all generations.
   *
   * @param info as {@code jcmd} prints it; what follows the heap is about classes
   * @throws IllegalStateException if it does not say so
   */
  static long usedBytes(String info) {
    Matcher used = USED.matcher(info.split("Metaspace", 2)[0]);
    long kib = 0;
    while (used.find()) {
      kib += Long.parseLong(used.group(1));
    }
    if (kib == 0) {
      throw new IllegalStateException("no used bytes in: " + info);
    }
    return kib << 10;
  }

  private static String jcmd(long pid, String command) throws IOException, InterruptedException {
    String program = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process jcmd =
        new ProcessBuilder(program, Long.toString(pid), command).redirectErrorStream(true).start();
    String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (jcmd.waitFor() != 0) {
      throw new IllegalStateException("jcmd %s failed: %s".formatted(command, said));
    }
    return said;
  }

  private static int entries(String directory) {
    return Objects.requireNonNull(new File(directory).list(), directory).length;
  }
}

package io.loadonce.db;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Reads the statements on table {@code city} out of a PostgreSQL log, which has them as
 *
 * <pre>
 *   LOG:  execute S_1: SELECT name FROM city WHERE id IN ($1, $2)
 *   DETAIL:  parameters: $1 = '5', $2 = '7'
 * </pre>
 */
final class PostgresLog {

  /** Fetching the next rows of a statement is not another one, and EXPLAIN reads nothing. */
  private static final Pattern READ =
      Pattern.compile(
          "LOG:  (statement|execute (?!fetch from )[^:]+): (?!EXPLAIN).*\\bFROM city\\b.*");

  private static final Pattern PARAMETER = Pattern.compile("\\$\\d+ = '((?:[^']|'')*)'");

  private final BufferedReader reader;
  private final AtomicLong marks = new AtomicLong();
  private final ReadCounts counts = new ReadCounts();

  /** A line that is not written to its end yet. */
  private final StringBuilder line = new StringBuilder();

  /** The last line was a read whose parameters are in the next one. */
  private boolean isRead;

  PostgresLog(Path file) throws IOException {
    this.reader = Files.newBufferedReader(file);
  }

  ReadCounts counts() {
    return counts;
  }

  String nextMark() {
    return "mark " + marks.incrementAndGet() + ".";
  }

  /** Blocks until {@code mark} is in the log, for ten seconds at most. */
  synchronized void readUpTo(String mark) {
    await()
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> find(mark));
  }

  private boolean find(String mark) throws IOException {
    for (int c = reader.read(); c >= 0; c = reader.read()) {
      if (c != '\n') {
        line.append((char) c);
        continue;
      }
      String text = line.toString();
      line.setLength(0);
      take(text);
      if (text.startsWith("LOG:") && text.contains(mark)) {
        return true;
      }
    }
    return false;
  }

  private void take(String text) {
    if (isRead) {
      counts.add(
          text.startsWith("DETAIL:")
              ? PARAMETER.matcher(text).results().map(PostgresLog::unquoted).toList()
              : List.of());
    }
    isRead = READ.matcher(text).matches();
  }

  private static String unquoted(MatchResult parameter) {
    return parameter.group(1).replace("''", "'");
  }
}

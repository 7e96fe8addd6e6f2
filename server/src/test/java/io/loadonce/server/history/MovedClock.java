package io.loadonce.server.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The wall clock of this JVM, moved as an operator or a bad time server moves that of a host: for a
 * JVM that was started with the {@link #environment} of one. Each move is looked for in the wall
 * clock afterwards; if it is not there, nothing would be proved, and the move throws.
 */
final class MovedClock implements AutoCloseable {
  private static final String FILE = "FAKETIME_TIMESTAMP_FILE";

  /** An hour ahead, then two back, then right again. */
  private static final List<Duration> OFFSETS =
      List.of(Duration.ofHours(1), Duration.ofHours(-1), Duration.ZERO);

  private static final Duration BETWEEN_MOVES = Duration.ofMillis(100);
  private static final Duration TOLERANCE = Duration.ofMinutes(1);

  private final Path file = Path.of(System.getenv(FILE));
  private final long originMillis = System.currentTimeMillis();
  private final long originNanos = System.nanoTime();
  private final AtomicInteger moves = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);
  private CompletableFuture<Void> moving = CompletableFuture.completedFuture(null);

  /** The library that stands between a process and its clock, if it is installed. */
  static Optional<Path> library() throws IOException {
    Path libraries = Path.of("/usr/lib");
    if (!Files.isDirectory(libraries)) {
      return Optional.empty();
    }
    try (Stream<Path> files =
        Files.find(
            libraries, 3, (path, _) -> path.endsWith(Path.of("faketime", "libfaketime.so.1")))) {
      return files.findFirst();
    }
  }

  /**
   * What is to be set for a JVM whose wall clock can be moved. Its monotonic clock goes on, its
   * waits last as long as they should, and the processes that it starts see no difference.
   *
   * @param file says how far the clock is moved
   */
  static Map<String, String> environment(Path library, Path file) throws IOException {
    write(file, Duration.ZERO);
    return Map.of(
        "LD_PRELOAD",
        library.toString(),
        FILE,
        file.toString(),
        "FAKETIME_NO_CACHE",
        "1",
        "FAKETIME_DONT_FAKE_MONOTONIC",
        "1",
        "FAKETIME_FORCE_MONOTONIC_FIX",
        "0", // the fix that it guesses ends timed waits at once
        "FAKETIME_ONLY_CMDS",
        "java",
        "NO_FAKE_STAT",
        "1");
  }

  /** Moves it again and again from now on, until it is closed. */
  MovedClock keepMoving() {
    moving =
        CompletableFuture.runAsync(
            this::moveUntilClosed, task -> Thread.ofPlatform().name("clock").start(task));
    return this;
  }

  /** How often it was moved, and was seen to be. */
  int moves() {
    if (moving.isCompletedExceptionally()) {
      moving.join();
    }
    return moves.get();
  }

  void moveTo(Duration offset) throws IOException {
    write(file, offset);
    long wallMillis = System.currentTimeMillis() - originMillis;
    long passedMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - originNanos);
    Duration seen = Duration.ofMillis(wallMillis - passedMillis);
    if (seen.minus(offset).abs().compareTo(TOLERANCE) > 0) {
      throw new IllegalStateException(
          "the wall clock is off by " + seen + " where it was moved by " + offset);
    }
    moves.incrementAndGet();
  }

  /** Ends with the clock right again. */
  @Override
  public void close() throws IOException {
    closed.countDown();
    moving.join();
    write(file, Duration.ZERO);
  }

  private void moveUntilClosed() {
    try {
      for (int move = 0; !waitFor(BETWEEN_MOVES); move++) {
        moveTo(OFFSETS.get(move % OFFSETS.size()));
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException("cannot move the clock", e);
    }
  }

  /** Returns whether this was closed meanwhile. */
  private boolean waitFor(Duration duration) throws InterruptedException {
    return closed.await(duration.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** In one step: half a file would be another time. */
  private static void write(Path file, Duration offset) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.writeString(next, "%+d%n".formatted(offset.toSeconds()));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}

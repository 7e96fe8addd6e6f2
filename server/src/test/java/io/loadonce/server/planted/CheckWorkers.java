package io.loadonce.server.planted;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * JVMs that run checks, {@value #WORKERS} at a time. A check that does not end in time costs its
 * JVM; and each JVM runs {@value #CHECKS_PER_JVM} checks at most, since a failed check may leave
 * threads behind.
 */
final class CheckWorkers implements AutoCloseable {
  private static final int WORKERS = 2;
  private static final int CHECKS_PER_JVM = 20;
  private static final Duration GRACE = Duration.ofSeconds(5);

  /**
   * The package of the checks that use Lincheck. It rewrites classes as they are loaded, and misses
   * those of another class loader: such a check would explore nothing. So it gets a JVM of its own,
   * with the planted classes in front of the class path.
   */
  private static final String LINCHECK = "io.loadonce.server.concurrency.";

  private final Path directory;
  private final Duration timeLimit;
  private final Semaphore places = new Semaphore(WORKERS);
  private final ConcurrentLinkedDeque<Worker> idle = new ConcurrentLinkedDeque<>();

  /** What the checks print goes to files in the directory. */
  CheckWorkers(Path directory, Duration timeLimit) {
    this.directory = directory;
    this.timeLimit = timeLimit;
  }

  /** Runs the check with the planted classes in front of those of the project. */
  CheckResult run(Path planted, String check) throws IOException, InterruptedException {
    places.acquire();
    try {
      return runInItsPlace(planted, check);
    } finally {
      places.release();
    }
  }

  private CheckResult runInItsPlace(Path planted, String check)
      throws IOException, InterruptedException {
    if (check.startsWith(LINCHECK)) {
      Worker own = Worker.start(directory, List.of(planted));
      try {
        return own.run(planted, check, timeLimit);
      } finally {
        own.close();
      }
    }
    @Nullable Worker free = idle.pollFirst();
    Worker worker = free == null ? Worker.start(directory, List.of()) : free;
    CheckResult result = worker.run(planted, check, timeLimit);
    if (result instanceof CheckResult.NoAnswer || worker.checks >= CHECKS_PER_JVM) {
      worker.close();
    } else {
      idle.addFirst(worker);
    }
    return result;
  }

  @Override
  public void close() {
    for (Worker worker : idle) {
      worker.close();
    }
  }

  /** One JVM; used by one thread at a time. */
  private static final class Worker {
    private final Process process;
    private final Writer requests;
    private final BufferedReader answers;
    private int checks;

    private Worker(Process process) {
      this.process = process;
      requests = process.outputWriter(UTF_8);
      answers = process.inputReader(UTF_8);
    }

    static Worker start(Path directory, List<Path> planted) throws IOException {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-Dschedules=500", "-Dtimeout.seconds=2"));
      command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
      command.addAll(
          List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
      List<String> classPath =
          Stream.concat(planted.stream(), CheckWorker.classPath().stream())
              .map(Path::toString)
              .toList();
      command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath)));
      command.add(CheckWorker.class.getName());
      ProcessBuilder builder = new ProcessBuilder(command);
      Path output = Files.createTempFile(directory, "worker", ".txt");
      return new Worker(builder.redirectError(output.toFile()).start());
    }

    CheckResult run(Path planted, String check, Duration limit)
        throws IOException, InterruptedException {
      checks++;
      requests.write("%s\t%s%n".formatted(planted, check));
      requests.flush();
      CompletableFuture<@Nullable String> answer = new CompletableFuture<>();
      Thread.ofVirtual().start(() -> readInto(answer));
      try {
        return result(answer.get(limit.toMillis(), TimeUnit.MILLISECONDS));
      } catch (TimeoutException e) {
        return new CheckResult.NoAnswer("the check did not end within " + limit.toSeconds() + " s");
      } catch (ExecutionException e) {
        throw new IOException("no answer from the JVM of the check", e);
      }
    }

    private void readInto(CompletableFuture<@Nullable String> answer) {
      try {
        answer.complete(answers.readLine());
      } catch (IOException e) {
        answer.completeExceptionally(e);
      }
    }

    private static CheckResult result(@Nullable String answer) {
      if (answer == null) {
        return new CheckResult.NoAnswer("the JVM of the check ended before the check");
      }
      if (answer.startsWith(CheckWorker.RED)) {
        return new CheckResult.Red(answer.substring(CheckWorker.RED.length()));
      }
      return switch (answer) {
        case CheckWorker.GREEN -> new CheckResult.Green();
        case CheckWorker.RAN_NOTHING -> new CheckResult.RanNothing();
        default -> throw new IllegalStateException("not an answer: " + answer);
      };
    }

    /** Lets the JVM run its shutdown hooks, which stop databases, before it is killed. */
    void close() {
      process.destroy();
      try {
        process.onExit().orTimeout(GRACE.toSeconds(), TimeUnit.SECONDS).join();
      } catch (CompletionException e) {
        process.destroyForcibly();
      }
    }
  }
}

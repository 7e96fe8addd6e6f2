package io.loadonce.bench.ladder.fleet;

import io.loadonce.bench.ladder.database.LadderDatabase;
import io.loadonce.bench.speed.contender.Jvm;
import io.loadonce.db.lookup.Key;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A {@link FleetWorker} in a process of its own. One command at a time; it ends when this is closed
 * or this JVM ends, since then its standard input ends.
 */
final class WorkerProcess implements AutoCloseable {
  private final Process process;
  private final BufferedWriter commands;
  private final BufferedReader answers;

  private WorkerProcess(Process process) {
    this.process = process;
    this.commands = process.outputWriter(StandardCharsets.UTF_8);
    this.answers = process.inputReader(StandardCharsets.UTF_8);
  }

  static WorkerProcess start() throws IOException {
    return new WorkerProcess(
        new ProcessBuilder(Jvm.command(FleetWorker.class, List.of()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  void connect(String redisUrl, LadderDatabase database) throws IOException {
    requireOk(
        command(
            "connect",
            redisUrl,
            database.settings().url(),
            database.settings().user(),
            database.settings().password().text()));
  }

  /** Opens a rung with an empty cache; the former one is closed. */
  void open(RungKind kind, String query) throws IOException {
    requireOk(command("open", kind.name(), query));
  }

  /** Returns when the callers wait. */
  void prepare(int callersPerId, List<Key> ids) throws IOException {
    String names = ids.stream().map(Key::text).collect(Collectors.joining(","));
    requireOk(command("prepare", Integer.toString(callersPerId), names));
  }

  /** Releases the callers; blocks until all have ended. */
  WorkerHerd.Result go() throws IOException {
    return WorkerHerd.Result.of(command("go"));
  }

  /** Returns the version; blocks as long as the rung lets the caller wait. */
  long get(Key id) throws IOException {
    return Long.parseLong(command("get", id.text()));
  }

  void invalidate(Key id) throws IOException {
    requireOk(command("invalidate", id.text()));
  }

  @Override
  public void close() {
    process.destroy();
  }

  private String command(String... words) throws IOException {
    commands.write(String.join(FleetWorker.TAB, words));
    commands.newLine();
    commands.flush();
    String answer = answers.readLine();
    if (answer == null || answer.startsWith("failed: ")) {
      throw new IOException("an instance does not do '%s': %s".formatted(words[0], answer));
    }
    return answer;
  }

  private static void requireOk(String answer) throws IOException {
    if (!answer.equals(FleetWorker.OK)) {
      throw new IOException("not an answer: " + answer);
    }
  }
}

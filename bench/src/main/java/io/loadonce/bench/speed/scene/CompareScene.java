package io.loadonce.bench.speed.scene;

import io.loadonce.bench.speed.contender.PausingServer;
import io.loadonce.bench.speed.contender.ServerProcess;
import io.loadonce.bench.speed.drive.Tool;
import io.loadonce.commands.load.record.RunJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What {@code ./loadonce load compare} says of two runs of the same server, and of a run of a
 * server that takes 1 ms longer. Both servers are warm, and their runs follow each other.
 */
final class CompareScene implements Scene {

  private static final Duration PAUSE = Duration.ofMillis(5);
  private static final Duration ADDED = Duration.ofMillis(1);

  private static final int NO_DIFFERENCE = 0;
  private static final int DIFFERENT = 3;

  private final ServerProcess server;
  private final ServerProcess slower;
  private final Path directory;

  private CompareScene(ServerProcess server, ServerProcess slower, Path directory) {
    this.server = server;
    this.slower = slower;
    this.directory = directory;
  }

  static Scene open(Lab lab) throws IOException, InterruptedException {
    CompareScene scene =
        new CompareScene(
            PausingServer.start(PAUSE),
            PausingServer.start(PAUSE.plus(ADDED)),
            Files.createTempDirectory("loadonce-bench"));
    var _ = scene.load(scene.server, "warm-up");
    var _ = scene.load(scene.slower, "warm-up");
    return scene;
  }

  @Override
  public void round(int number, Board board) throws IOException, InterruptedException {
    Path first = measure(board, server, "5 ms, first run");
    Path slow = measure(board, slower, "6 ms");
    Path second = measure(board, server, "5 ms, second run");
    int right = says(board, "the same server twice", first, second, NO_DIFFERENCE) ? 1 : 0;
    right += says(board, "1 ms added", first, slow, DIFFERENT) ? 1 : 0;
    board.add(Figure.LOAD_COMPARE, right);
  }

  @Override
  public void close() throws IOException {
    server.close();
    slower.close();
    try (var files = Files.list(directory)) {
      for (Path each : files.toList()) {
        Files.delete(each);
      }
    }
    Files.delete(directory);
  }

  private Path measure(Board board, ServerProcess measured, String name)
      throws IOException, InterruptedException {
    Path file = load(measured, name);
    board.add(
        new Board.Turn("p50 at 500/s for 20 s", name, "./loadonce load", "ms"),
        RunJson.read(file).succeeded().getValueAtPercentile(50) / 1e6);
    return file;
  }

  private Path load(ServerProcess measured, String name) throws IOException, InterruptedException {
    Path file = directory.resolve(name.replace(' ', '-') + ".json");
    Tool.Ended ended =
        LoadCommand.run(
            List.of(
                "--target",
                "127.0.0.1:" + measured.port(),
                "--rate",
                "500/s",
                "--duration",
                "20s",
                "--out",
                file.toString()));
    if (ended.exitCode() != 0) {
      throw new IllegalStateException("the load test failed: " + ended.text());
    }
    return file;
  }

  /** Whether the comparison says what is right. Notes what it says. */
  private static boolean says(Board board, String what, Path a, Path b, int rightExitCode)
      throws IOException, InterruptedException {
    Tool.Ended ended = LoadCommand.run(List.of("compare", a.toString(), b.toString()));
    if (ended.exitCode() != NO_DIFFERENCE && ended.exitCode() != DIFFERENT) {
      throw new IllegalStateException("the comparison failed: " + ended.text());
    }
    boolean isRight = ended.exitCode() == rightExitCode;
    String verdict = ended.text().strip().lines().reduce("", (_, last) -> last);
    board.note("%s: %s (%s)".formatted(what, verdict, isRight ? "right" : "WRONG"));
    return isRight;
  }
}

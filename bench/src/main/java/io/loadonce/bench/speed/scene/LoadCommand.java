package io.loadonce.bench.speed.scene;

import io.loadonce.bench.speed.contender.Jvm;
import io.loadonce.bench.speed.drive.Tool;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** {@code ./loadonce load} as shipped: with its launcher, in a process of its own. */
final class LoadCommand {

  /** Longer than any load test of the scenes. */
  private static final Duration LONGEST = Duration.ofMinutes(2);

  private LoadCommand() {}

  /** Runs it and blocks until it has ended. */
  static Tool.Ended run(List<String> arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of(Jvm.projectRoot().resolve("loadonce").toString(), "load"));
    command.addAll(arguments);
    return Tool.end(command, LONGEST);
  }
}

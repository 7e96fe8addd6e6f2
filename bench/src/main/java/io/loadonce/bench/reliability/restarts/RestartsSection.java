package io.loadonce.bench.reliability.restarts;

import io.loadonce.bench.reliability.Scores;
import io.loadonce.bench.reliability.Section;
import io.loadonce.bench.speed.contender.Jvm;
import io.loadonce.bench.speed.contender.LoadonceServer;
import io.loadonce.bench.speed.contender.PostgresTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Two instances are restarted in turn, while three kinds of clients call them. */
public final class RestartsSection implements Section {

  private static final int ROWS = 10_000;
  private static final long SEED = 20_261_128;

  /** A query takes long enough that calls are in flight when an instance is told to stop. */
  private static final String QUERY =
      PostgresTable.QUERY + " AND (SELECT TRUE FROM pg_sleep(0.03))";

  /** The least number of calls of each client, for each restart. */
  private static final long CALLS_A_RESTART = 100;

  private static final Duration WARM_UP = Duration.ofSeconds(3);

  /** As with minReadySeconds of Kubernetes: clients need time to notice that it is back. */
  private static final Duration READY_FOR = Duration.ofSeconds(5);

  private static final int RESTARTS = 20;
  private static final int FEW_RESTARTS = 2;

  /** The two instances. */
  private record Pair(Instance first, Instance second) {
    Instance inTurn(int restart) {
      return restart % 2 == 0 ? first : second;
    }

    String addresses() {
      return first.address() + "," + second.address();
    }
  }

  @Override
  public String name() {
    return "restarts";
  }

  @Override
  public String title() {
    return ("Two instances are restarted in turn, %d times: SIGTERM, wait for the end of the"
            + " process, start on the same port, wait until it is ready and %d s more. Meanwhile"
            + " each client sends calls with 16 threads, and retries them by interop/retry.json;"
            + " ResourceClient does so by itself.")
        .formatted(RESTARTS, READY_FOR.toSeconds());
  }

  @Override
  public void run(Scores scores, boolean isQuick)
      throws IOException, InterruptedException, SQLException {
    int restarts = isQuick ? FEW_RESTARTS : RESTARTS;
    scores.note("seed of the ids", Long.toString(SEED));
    try (PostgresTable table = PostgresTable.start(ROWS)) {
      List<String> flags = LoadonceServer.flags(table, QUERY, List.of("--ttl", "1s"));
      try (Instance first = Instance.start(flags);
          Instance second = Instance.start(flags)) {
        run(new Pair(first, second), restarts, scores);
      }
    }
  }

  private static void run(Pair pair, int restarts, Scores scores)
      throws IOException, InterruptedException {
    // Its calls are not counted: this JVM and the instances compile their code meanwhile.
    try (Caller _ = JavaCaller.start(pair.addresses(), ROWS, SEED)) {
      Thread.sleep(WARM_UP);
    }
    List<Caller> callers = start(pair.addresses(), scores);
    try {
      Thread.sleep(WARM_UP);
      int inOrder = 0;
      for (int restart = 0; restart < restarts; restart++) {
        if (pair.inTurn(restart).restart() == 0) {
          inOrder++;
        }
        Thread.sleep(READY_FOR);
      }
      scores.judge(
          "instances that answered all calls in flight and ended with exit code 0",
          "%d of %d".formatted(inOrder, restarts),
          "all",
          inOrder == restarts);
      long least = restarts * CALLS_A_RESTART;
      for (Caller caller : callers) {
        Tally tally = caller.end();
        scores.judge(
            tally.client() + ": failed calls",
            tally.text(),
            "0, of at least %,d".formatted(least),
            tally.failed() == 0 && tally.calls() >= least);
      }
    } finally {
      callers.forEach(Caller::close);
    }
  }

  /** Starts the clients whose programs are installed. */
  private static List<Caller> start(String addresses, Scores scores)
      throws IOException, InterruptedException {
    Path interop = Jvm.projectRoot().resolve("interop");
    List<String> arguments =
        List.of(
            "ipv4:" + addresses,
            interop.resolve("retry.json").toString(),
            Integer.toString(ROWS),
            Long.toString(SEED));
    List<Caller> callers = new ArrayList<>();
    callers.add(JavaCaller.start(addresses, ROWS, SEED));
    Optional<String> python = python();
    if (python.isPresent()) {
      callers.add(
          ProgramCaller.start(
              command(python.get(), interop.resolve("python/steady.py"), arguments), Map.of()));
    } else {
      scores.notRun("grpcio", "no python3 here has the module grpc");
    }
    Path modules = Jvm.projectRoot().resolve("target/interop/node/node_modules");
    if (Files.isDirectory(modules.resolve("@grpc/grpc-js"))) {
      callers.add(
          ProgramCaller.start(
              command("node", interop.resolve("node/steady.js"), arguments),
              Map.of("NODE_PATH", modules.toString())));
    } else {
      scores.notRun("grpc-js", "interop/run has not installed it");
    }
    return callers;
  }

  /** A Python that has grpc: Debian's package is for Debian's own. */
  private static Optional<String> python() throws InterruptedException {
    for (String python : List.of("python3", "/usr/bin/python3")) {
      if (ProgramCaller.succeeds(List.of(python, "-c", "import grpc"))) {
        return Optional.of(python);
      }
    }
    return Optional.empty();
  }

  private static List<String> command(String program, Path script, List<String> arguments) {
    return Stream.concat(Stream.of(program, script.toString()), arguments.stream()).toList();
  }
}

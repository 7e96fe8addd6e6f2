package io.loadonce.server;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.server.settings.ErrorLine;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** {@code fleet}: several instances and a Redis on this machine, to try them. */
final class FleetCommand {

  private static final String USAGE =
      """
      usage: ./loadonce fleet [--instances N] [--redis-url URL] [FLAG...]

      Starts a Redis and several instances of the service on this machine, each a process of its
      own, and prints their addresses. Ctrl-C ends them all. They serve the cities that are built
      in, unless --db-url names a database.

        --instances N     How many instances to start, 2 to 9. Default: 3.
        --redis-url URL   A Redis or Valkey that runs already. Default: the redis-server or
                          valkey-server of this machine, started on a free port of loopback.
        --port N          The port of the first instance; the others use the next ones. 0 lets the
                          system choose. Default: 50051.
        --admin-port N    The same for the admin ports. Default: 50080.

      Each other flag is one of ./loadonce serve, and all instances get it.
      """;

  private static final int FEWEST = 2;
  private static final int MOST = 9;
  private static final int LAST_PORT = 65_535;

  private final int instances;
  private final int port;
  private final int adminPort;
  private final String redisUrl;

  /** Flags for each instance. */
  private final List<String> others;

  private FleetCommand(Map<String, String> flags, List<String> others) {
    this.instances = number("instances", flags.getOrDefault("--instances", "3"), FEWEST, MOST);
    this.port = number("port", flags.getOrDefault("--port", "50051"), 0, LAST_PORT - MOST);
    this.adminPort =
        number("admin-port", flags.getOrDefault("--admin-port", "50080"), 0, LAST_PORT - MOST);
    this.redisUrl = flags.getOrDefault("--redis-url", "");
    this.others = List.copyOf(others);
  }

  /**
   * Blocks until a signal, or until every instance has ended.
   *
   * @param main the class whose command {@code serve} is the service
   * @param arguments the arguments after {@code fleet}
   * @return the exit code
   * @throws InvalidSettingException if they are wrong, or no Redis is installed
   */
  static int run(Class<?> main, List<String> arguments, PrintStream out, PrintStream err) {
    if (arguments.contains("--help")) {
      out.print(USAGE);
      return 0;
    }
    Map<String, String> own =
        new HashMap<>(
            Map.of("--instances", "", "--redis-url", "", "--port", "", "--admin-port", ""));
    List<String> others = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      String[] parts = arguments.get(i).split("=", 2);
      if (!own.containsKey(parts[0])) {
        others.add(arguments.get(i));
      } else if (parts.length == 2) {
        own.put(parts[0], parts[1]);
      } else if (i + 1 < arguments.size()) {
        own.put(parts[0], arguments.get(++i));
      } else {
        throw new InvalidSettingException(parts[0].substring(2), "needs a value");
      }
    }
    own.values().removeIf(String::isEmpty);
    try {
      return new FleetCommand(own, others).run(main, out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int run(Class<?> main, PrintStream out, PrintStream err) throws IOException {
    CompletableFuture<Integer> end = new CompletableFuture<>();
    StopSignals.onFirst(() -> end.complete(0));
    try (FleetProcesses processes = new FleetProcesses(System.getenv().getOrDefault("PATH", ""))) {
      String url = redisUrl.isEmpty() ? processes.startRedis() : redisUrl;
      out.println("redis: " + url);
      for (int i = 0; i < instances; i++) {
        processes.startInstance(main, flags(i, url));
      }
      AtomicInteger left = new AtomicInteger(instances);
      for (FleetProcesses.Instance each : processes.instances()) {
        String ready = each.awaitReady();
        if (ready.isEmpty()) {
          if (!end.isDone()) {
            err.println(ErrorLine.of(each.name() + " does not start: " + each.lastLogLine()));
          }
          return end.getNow(1);
        }
        out.println(each.name() + ": " + ready);
        var _ =
            each.ended()
                .thenAccept(
                    code -> {
                      if (!end.isDone()) {
                        out.printf("%s has ended with exit code %d%n", each.name(), code);
                      }
                      if (left.decrementAndGet() == 0) {
                        end.complete(1);
                      }
                    });
      }
      out.print(hints(processes));
      out.flush();
      return end.join();
    }
  }

  private List<String> flags(int index, String url) {
    List<String> flags = new ArrayList<>(others);
    flags.add("--redis-url=" + url);
    flags.add("--port=" + (port == 0 ? 0 : port + index));
    flags.add("--admin-port=" + (adminPort == 0 ? 0 : adminPort + index));
    return flags;
  }

  private static String hints(FleetProcesses processes) {
    List<FleetProcesses.Instance> all = processes.instances();
    String targets =
        all.stream().map(FleetProcesses.Instance::address).collect(Collectors.joining(","));
    String pages =
        IntStream.range(0, all.size())
            .mapToObj(i -> "http://" + all.get(i).adminAddress() + "/")
            .collect(Collectors.joining(" "));
    return """
    their logs are in %s
    try, in another terminal:
      ./loadonce get 2988507 --target %s
      ./loadonce load --target %s
    and watch %s
    ready; Ctrl-C ends all
    """
        .formatted(processes.directory(), all.getFirst().address(), targets, pages);
  }

  private static int number(String name, String text, int least, int most) {
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Reported below.
    }
    throw new InvalidSettingException(
        name, "must be a number from %d to %d, not '%s'".formatted(least, most, text));
  }
}

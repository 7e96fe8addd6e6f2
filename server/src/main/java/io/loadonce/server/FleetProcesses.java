package io.loadonce.server;

import io.loadonce.db.InvalidSettingException;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The processes of a fleet: instances that run as this JVM does, and perhaps a Redis. */
final class FleetProcesses implements AutoCloseable {

  private static final List<String> REDIS_PROGRAMS = List.of("redis-server", "valkey-server");
  private static final Pattern READY = Pattern.compile("ready (grpc=(\\S+) admin=(\\S+))");

  /** The heap of an instance in percent of the memory; one that is alone may use 25. */
  private static final int HEAP_PERCENT = 10;

  /** Longer than the default drain time-out. */
  private static final Duration END = Duration.ofSeconds(40);

  /** One instance. Used by one thread, except for {@link #ended}. */
  static final class Instance {
    private final String name;
    private final Process process;
    private final Path log;
    private String address = "";
    private String adminAddress = "";

    private Instance(String name, Process process, Path log) {
      this.name = name;
      this.process = process;
      this.log = log;
    }

    String name() {
      return name;
    }

    /** Empty before {@link #awaitReady}. */
    String address() {
      return address;
    }

    String adminAddress() {
      return adminAddress;
    }

    /** Blocks until it accepts calls, and returns its addresses; empty if it has ended before. */
    String awaitReady() throws IOException {
      String line = process.inputReader(StandardCharsets.UTF_8).readLine();
      Matcher ready = READY.matcher(String.valueOf(line));
      if (!ready.matches()) {
        return "";
      }
      address = ready.group(2);
      adminAddress = ready.group(3);
      return ready.group(1);
    }

    /** Its exit code, once it has ended. */
    CompletableFuture<Integer> ended() {
      return process.onExit().thenApply(Process::exitValue);
    }

    String lastLogLine() throws IOException {
      try (Stream<String> lines = Files.lines(log)) {
        return lines.reduce((_, last) -> last).orElse("its log is empty");
      }
    }
  }

  private final String searchPath;
  private final Path directory = Files.createTempDirectory("loadonce-fleet-");
  private final List<Instance> instances = new CopyOnWriteArrayList<>();
  private volatile @Nullable Process redis;

  /** Ends the processes if this JVM ends in another way, as when its terminal is closed. */
  private final Thread ender = new Thread(this::destroy);

  /**
   * Starts nothing yet.
   *
   * @param searchPath the directories of programs, as {@code PATH} names them
   */
  FleetProcesses(String searchPath) throws IOException {
    this.searchPath = searchPath;
    Runtime.getRuntime().addShutdownHook(ender);
  }

  /** Where the processes write their logs. */
  Path directory() {
    return directory;
  }

  List<Instance> instances() {
    return instances;
  }

  /**
   * Starts a Redis that keeps nothing on disk, on a free port of loopback, and returns its URL.
   * Does not wait for it: an instance does not need Redis to start.
   *
   * @throws InvalidSettingException if none is installed
   */
  String startRedis() throws IOException {
    Path program =
        REDIS_PROGRAMS.stream()
            .flatMap(name -> find(name).stream())
            .findFirst()
            .orElseThrow(
                () ->
                    new InvalidSettingException(
                        "redis-url",
                        "is needed, since neither redis-server nor valkey-server is installed:"
                            + " install one of them, or name a running one with --redis-url"));
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    redis =
        inOwnSession(
                program.toString(),
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                "--dir",
                directory.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("redis.log").toFile())
            .start();
    return "redis://127.0.0.1:" + port;
  }

  /**
   * Starts an instance with the options of this JVM, and does not wait for it.
   *
   * @param main the class whose command {@code serve} is the service
   */
  void startInstance(Class<?> main, List<String> flags) throws IOException {
    String name = "instance " + (instances.size() + 1);
    Path log = directory.resolve(name.replace(' ', '-') + ".log");
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-XX:MaxRAMPercentage=" + HEAP_PERCENT);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.add("serve");
    command.addAll(flags);
    Process process =
        inOwnSession(command.toArray(String[]::new)).redirectError(log.toFile()).start();
    instances.add(new Instance(name, process, log));
  }

  /** Ends all: the instances drain, and Redis ends after them. Blocks until they have ended. */
  @Override
  public void close() {
    instances.forEach(each -> each.process.destroy());
    instances.forEach(each -> end(each.process));
    Process store = redis;
    if (store != null) {
      store.destroy();
      end(store);
    }
  }

  private void destroy() {
    instances.forEach(each -> each.process.destroy());
    Process store = redis;
    if (store != null) {
      store.destroy();
    }
  }

  /**
   * Without a session of its own, Ctrl-C would reach a process twice: from the terminal, and from
   * {@link #close}. The second signal ends a drain.
   */
  private ProcessBuilder inOwnSession(String... command) {
    List<String> all = new ArrayList<>();
    find("setsid").ifPresent(setsid -> all.add(setsid.toString()));
    all.addAll(List.of(command));
    return new ProcessBuilder(all);
  }

  private static void end(Process process) {
    try {
      if (process.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }

  private Optional<Path> find(String program) {
    return Arrays.stream(searchPath.split(File.pathSeparator, -1))
        .filter(each -> !each.isEmpty())
        .map(each -> Path.of(each, program))
        .filter(Files::isExecutable)
        .findFirst();
  }
}

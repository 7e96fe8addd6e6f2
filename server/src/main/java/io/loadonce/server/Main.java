package io.loadonce.server;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.server.settings.ConfigPage;
import io.loadonce.server.settings.ErrorLine;
import io.loadonce.server.settings.InvalidConfigException;
import io.loadonce.server.settings.RunningSettings;
import io.loadonce.server.settings.ServeFlags;
import io.loadonce.server.settings.Settings;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine.ParameterException;

/**
 * The commands {@code serve}, {@code sql}, {@code token}, {@code check-config} and {@code fleet}.
 * Exit code 0 after a drain in which every call was answered, and after {@code --help}, {@code
 * --version} and {@code --print-config}; 2 and one line on standard error for a wrong setting; 3
 * after a drain whose time-out passed, so that calls were cancelled; 1 for any other error.
 */
public final class Main {

  private static final Logger log = LoggerFactory.getLogger(Main.class);
  private static final int WRONG_SETTING = 2;
  private static final int CALLS_CANCELLED = 3;
  private static final int MEBIBYTE = 1 << 20;

  private Main() {}

  public static void main(String[] arguments) throws InterruptedException {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    System.exit(run(List.of(arguments), System.getenv(), System.out, System.err));
  }

  static int run(
      List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err)
      throws InterruptedException {
    boolean named = !arguments.isEmpty() && arguments.getFirst().equals("serve");
    ServeFlags flags = new ServeFlags();
    try {
      if (!arguments.isEmpty() && arguments.getFirst().equals("sql")) {
        SqlCommand.run(arguments.subList(1, arguments.size()), environment, out);
        return 0;
      }
      if (!arguments.isEmpty() && arguments.getFirst().equals("token")) {
        TokenCommand.run(arguments.subList(1, arguments.size()), out, err);
        return 0;
      }
      if (!arguments.isEmpty() && arguments.getFirst().equals("check-config")) {
        return CheckConfigCommand.run(
            arguments.subList(1, arguments.size()), environment, out, err);
      }
      if (!arguments.isEmpty() && arguments.getFirst().equals("fleet")) {
        return FleetCommand.run(Main.class, arguments.subList(1, arguments.size()), out, err);
      }
      ServeFlags.Parsed parsed =
          flags.parse(named ? arguments.subList(1, arguments.size()) : arguments);
      if (parsed.help()) {
        flags.printHelp(out);
        return 0;
      }
      if (parsed.version()) {
        out.println(Version.line());
        return 0;
      }
      RunningSettings running =
          RunningSettings.load(parsed.values(), environment, Runtime.getRuntime().maxMemory());
      if (parsed.printConfig()) {
        new ConfigPage(running.texts(), running.settings()).print(out);
        return 0;
      }
      return serve(running, out) ? 0 : CALLS_CANCELLED;
    } catch (InvalidSettingException | ParameterException e) {
      err.println(ErrorLine.of(String.valueOf(e.getMessage())));
      return WRONG_SETTING;
    } catch (InvalidConfigException e) {
      e.problems().forEach(problem -> err.println(ErrorLine.of(problem)));
      return WRONG_SETTING;
    }
  }

  /** Returns after a signal and the drain that it started: whether every call was answered. */
  private static boolean serve(RunningSettings running, PrintStream out) {
    if (running.hasFile()) {
      StopSignals.onHangUp(running::request); // until the service is ready, the request waits
    }
    Settings settings = running.settings();
    settings.log().apply();
    Runtime runtime = Runtime.getRuntime();
    log.info(
        "{}: {} processors, heap {} MiB, of which {} MiB for cached rows",
        Version.line(),
        runtime.availableProcessors(),
        runtime.maxMemory() / MEBIBYTE,
        settings.cacheBytes() / MEBIBYTE);
    log.info(
        "rows are loaded from {} for {}",
        ConfigPage.masked(settings.database().url()),
        settings.lookups().stream()
            .map(lookup -> lookup.settings().name())
            .collect(Collectors.joining(", ")));
    Service service = Service.start(running);
    CompletableFuture<Boolean> drained = new CompletableFuture<>();
    StopSignals.onFirst(
        () -> {
          log.info(
              "draining: calls in flight have {} s to end", settings.drainTimeout().toSeconds());
          boolean answered = service.drain();
          if (answered) {
            log.info("drained: every call was answered");
          } else {
            log.warn("the drain time-out has passed: the calls still in flight were cancelled");
          }
          drained.complete(answered);
        });
    out.printf("ready grpc=%s admin=%s%n", service.grpc(), service.admin());
    out.flush();
    return drained.join();
  }
}

package io.loadonce.server.planted;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * The main class of a JVM that runs checks, one after the other. It reads a line with the directory
 * of the planted classes and the check, and answers with one line.
 */
public final class CheckWorker {
  static final String GREEN = "green";
  static final String RED = "red ";
  static final String RAN_NOTHING = "ran nothing";

  private static final Path TESTS = Path.of("src", "test", "java");

  private CheckWorker() {}

  /** Returns, and ends the JVM, when the standard input ends. */
  public static void main(String[] arguments) throws IOException {
    PrintStream answers = System.out;
    System.setOut(System.err);
    BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String request = requests.readLine(); request != null; request = requests.readLine()) {
      int tab = request.indexOf('\t');
      answers.println(run(Path.of(request.substring(0, tab)), request.substring(tab + 1)));
      answers.flush();
    }
    System.exit(0);
  }

  /** The class path of this JVM. */
  static List<Path> classPath() {
    String entries =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Stream.of(entries.split(File.pathSeparator)).map(Path::of).toList();
  }

  /** A check must leave nothing to the next one: neither classes nor system properties. */
  private static String run(Path planted, String check) {
    if (classPath().contains(planted)) {
      return answer(check, execute(CheckWorker.class.getClassLoader(), check));
    }
    Properties before = (Properties) System.getProperties().clone();
    ClassLoader own = Thread.currentThread().getContextClassLoader();
    PlantedClassLoader loader = new PlantedClassLoader(planted, classPath());
    Thread.currentThread().setContextClassLoader(loader);
    try {
      return answer(check, execute(loader, check));
    } finally {
      Thread.currentThread().setContextClassLoader(own);
      System.setProperties(before);
    }
  }

  private static TestExecutionSummary execute(ClassLoader loader, String check) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectMethod(loader, check))
            .configurationParameter("junit.jupiter.execution.parallel.enabled", "false")
            .build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, listener);
    return listener.getSummary();
  }

  private static String answer(String check, TestExecutionSummary summary) {
    if (summary.getTestsStartedCount() == 0) {
      return RAN_NOTHING;
    }
    if (summary.getTestsFailedCount() == 0) {
      return GREEN;
    }
    String messages =
        summary.getFailures().stream()
            .map(failure -> message(check, failure.getException()))
            .collect(Collectors.joining(" | "));
    return RED + PlantedBug.oneLine(messages);
  }

  /** What was thrown, its causes, and the line of the check that failed, as it stands there. */
  private static String message(String check, Throwable failure) {
    List<String> messages = new ArrayList<>();
    for (@Nullable Throwable each = failure; each != null; each = each.getCause()) {
      messages.add(each.toString());
    }
    String type = check.substring(0, check.indexOf('#'));
    return Stream.of(failure.getStackTrace())
        .filter(frame -> frame.getClassName().equals(type) && frame.getLineNumber() > 0)
        .findFirst()
        .map(frame -> String.join(" caused by ", messages) + " at " + line(frame))
        .orElse(String.join(" caused by ", messages));
  }

  private static String line(StackTraceElement frame) {
    Path source = TESTS.resolve(frame.getClassName().replace('.', '/') + ".java");
    try (Stream<String> lines = Files.lines(source)) {
      return lines.skip(frame.getLineNumber() - 1L).findFirst().orElse("");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

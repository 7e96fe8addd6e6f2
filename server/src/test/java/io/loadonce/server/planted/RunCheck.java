package io.loadonce.server.planted;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs one test method in this JVM and says by the exit code how it went. */
public final class RunCheck {
  static final int GREEN = 0;
  static final int RED = 10;
  static final int RAN_NOTHING = 20;

  private RunCheck() {}

  /** Takes {@code package.Class#method}. */
  public static void main(String[] arguments) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectMethod(arguments[0])).build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, listener);
    TestExecutionSummary summary = listener.getSummary();
    summary.getFailures().forEach(failure -> System.out.println(failure.getException()));
    System.exit(exitCode(summary));
  }

  private static int exitCode(TestExecutionSummary summary) {
    if (summary.getTestsStartedCount() == 0) {
      return RAN_NOTHING;
    }
    return summary.getTestsFailedCount() > 0 ? RED : GREEN;
  }
}

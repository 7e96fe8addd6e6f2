package io.loadonce.server;

import java.util.stream.Collectors;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/** Prints the figures that tests hand to JUnit's {@code TestReporter}; Surefire leaves them out. */
public final class ReportedFigures implements TestExecutionListener {

  @Override
  public void reportingEntryPublished(TestIdentifier test, ReportEntry entry) {
    System.out.println(
        entry.getKeyValuePairs().entrySet().stream()
            .map(figure -> figure.getKey() + ": " + figure.getValue())
            .collect(Collectors.joining(", ", test.getDisplayName() + " ", "")));
  }
}

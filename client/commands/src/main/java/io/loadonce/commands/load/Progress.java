package io.loadonce.commands.load;

import io.loadonce.commands.load.record.Second;
import java.io.Console;
import java.util.Locale;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** A progress bar on standard error if that is a terminal; else nothing. */
public final class Progress implements AutoCloseable {

  private static final int PERCENT = 100;

  private final @Nullable ProgressBar bar;

  private Progress(@Nullable ProgressBar bar) {
    this.bar = bar;
  }

  /** Shows the bar. */
  public static Progress start() {
    boolean terminal =
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    return new Progress(
        terminal
            ? new ProgressBarBuilder().setTaskName("load").setInitialMax(PERCENT).build()
            : null);
  }

  /** Moves the bar to the share of the load test that is done, 0 to 1. */
  public void reached(double share) {
    if (bar != null) {
      bar.stepTo(Math.round(share * PERCENT));
    }
  }

  /** Shows what the last second was like. */
  public void passed(Second second) {
    if (bar != null) {
      bar.setExtraMessage(message(second));
    }
  }

  /** Such as: 4,980 calls/s, p99 1.234 ms, 3 failed. */
  static String message(Second second) {
    return String.format(
        Locale.ROOT,
        " %,.0f calls/s, p99 %.3f ms, %,d failed",
        second.rate(second.succeeded() + second.failed()),
        second.p99Ms(),
        second.failed());
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}

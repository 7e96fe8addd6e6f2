package io.loadonce.commands.load;

import java.io.Console;
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

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}

package io.loadonce.client;

import java.io.Console;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** A bar on standard error while a person looks on; nothing where nobody does. */
final class Progress implements AutoCloseable {

  private static final int PERCENT = 100;

  private final @Nullable ProgressBar bar;

  private Progress(@Nullable ProgressBar bar) {
    this.bar = bar;
  }

  static Progress start() {
    boolean watched = Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    return new Progress(
        watched
            ? new ProgressBarBuilder().setTaskName("load").setInitialMax(PERCENT).build()
            : null);
  }

  /** Shows how much of the way is behind, from 0 to 1. */
  void reached(double share) {
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

package io.loadonce.bench.speed.scene;

import com.google.errorprone.annotations.Immutable;
import java.util.Locale;

/** The bound that a figure must keep. */
@Immutable
public sealed interface Bound {

  record AtLeast(double least) implements Bound {}

  record AtMost(double most) implements Bound {}

  /** No bound; the figure is for information. */
  record None() implements Bound {}

  default boolean holds(double value) {
    return switch (this) {
      case AtLeast(double least) -> value >= least;
      case AtMost(double most) -> value <= most;
      case None _ -> true;
    };
  }

  default String text() {
    return switch (this) {
      case AtLeast(double least) -> String.format(Locale.ROOT, "at least %.2f", least);
      case AtMost(double most) -> String.format(Locale.ROOT, "at most %.2f", most);
      case None _ -> "";
    };
  }
}

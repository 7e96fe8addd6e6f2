package io.loadonce.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A caller whose outcome a test can wait for. */
public final class WaitingCaller implements Consumer<Outcome<String>> {

  /** The longest time that a test waits for something that must happen. */
  public static final Duration TIMEOUT =
      Duration.ofSeconds(Integer.getInteger("timeout.seconds", 10));

  private final CompletableFuture<Outcome<String>> answer = new CompletableFuture<>();
  private @Nullable Withdrawal withdrawal;

  @Override
  public void accept(Outcome<String> outcome) {
    assertThat(answer.complete(outcome)).as("answered once").isTrue();
  }

  /** Waits for the answer. */
  public Outcome<String> outcome() {
    return answer.orTimeout(TIMEOUT.toSeconds(), TimeUnit.SECONDS).join();
  }

  public boolean isAnswered() {
    return answer.isDone();
  }

  public void joined(Withdrawal place) {
    withdrawal = place;
  }

  public boolean withdraw() {
    return Objects.requireNonNull(withdrawal).withdraw();
  }
}

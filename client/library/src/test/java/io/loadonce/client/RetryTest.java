package io.loadonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status.Code;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.ResourceServiceGrpc;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which calls are retried, and what a call reports if none of its attempts succeeds. */
class RetryTest {

  private static final String DATABASE_IS_DOWN =
      "UNAVAILABLE (DATABASE_UNAVAILABLE): the database cannot be reached";

  private final FakeServer server = new FakeServer();
  private final ClientSettings settings = ClientSettings.forTarget(server.target());

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void get_serverIsUnavailableTwice_isRetriedUntilItAnswers() {
    server.failuresFirst.set(2);

    try (ResourceClient client = ResourceClient.open(settings)) {
      assertThat(client.get("7").id()).isEqualTo("7");
    }

    assertThat(server.gets).hasValue(3);
  }

  @Test
  void get_serverIsUnavailableLonger_failsAfterTheAttempts() {
    assertThat(failure(settings.withMaxAttempts(3), 100, "7")).hasMessage(DATABASE_IS_DOWN);

    assertThat(server.gets).hasValue(3);
  }

  /** The planted bug: without retry the same schedule fails, so the two above see the retries. */
  @Test
  void get_oneAttemptOnly_isNotRetried() {
    assertThat(failure(settings.withMaxAttempts(1), 1, "7")).hasMessage(DATABASE_IS_DOWN);

    assertThat(server.gets).hasValue(1);
  }

  @Test
  void get_deadlinePassesBeforeTheNextAttempt_throwsWhatTheServerSaid() {
    LoadonceException thrown = failure(settings.withDeadline(Duration.ofMillis(900)), 100, "7");

    assertThat(thrown).hasMessage(DATABASE_IS_DOWN);
    assertThat(thrown.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(server.gets).hasValueLessThan(5);
  }

  @Test
  void get_deadlinePassesDuringTheNextAttempt_throwsWhatTheServerSaid() {
    LoadonceException thrown = failure(settings.withDeadline(Duration.ofMillis(900)), 1, "silent");

    assertThat(thrown).hasMessage(DATABASE_IS_DOWN);
    assertThat(server.gets).hasValue(2);
  }

  /** Without a failed attempt there is nothing to report but the deadline. */
  @Test
  void get_serverIsSilent_throwsTheDeadline() {
    LoadonceException thrown = failure(settings.withDeadline(Duration.ofMillis(200)), 0, "silent");

    assertThat(thrown).hasMessage("DEADLINE_EXCEEDED: no answer before the deadline");
    assertThat(thrown.reason()).isEmpty();
  }

  /** The failure of a call after the connection is made, however long that takes. */
  private LoadonceException failure(ClientSettings settings, int failuresFirst, String id) {
    try (ResourceClient client = ResourceClient.open(settings)) {
      var connecting =
          ResourceServiceGrpc.newBlockingStub(client.channel())
              .withDeadlineAfter(1, TimeUnit.MINUTES);
      assertThat(connecting.batchGet(BatchGetRequest.getDefaultInstance())).isNotNull();
      server.failuresFirst.set(failuresFirst);
      return catchThrowableOfType(LoadonceException.class, () -> client.get(id));
    }
  }
}

package io.loadonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.loadonce.v1.GetRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ResourceClientTest {

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
      assertThat(client.get("7").getResource().getId()).isEqualTo("7");
    }

    assertThat(server.gets).hasValue(3);
  }

  @Test
  void get_serverIsUnavailableLonger_givesUpAfterTheAttempts() {
    server.failuresFirst.set(100);

    try (ResourceClient client = ResourceClient.open(settings.withMaxAttempts(3))) {
      assertThatThrownBy(() -> client.get("7")).hasMessageContaining("UNAVAILABLE");
    }

    assertThat(server.gets).hasValue(3);
  }

  /** The planted bug: without retry the same schedule must fail, or the two above prove nothing. */
  @Test
  void get_oneAttemptOnly_isNotRetried() {
    server.failuresFirst.set(1);

    try (ResourceClient client = ResourceClient.open(settings.withMaxAttempts(1))) {
      assertThatThrownBy(() -> client.get("7")).hasMessageContaining("UNAVAILABLE");
    }

    assertThat(server.gets).hasValue(1);
  }

  @Test
  void get_idIsMissing_isNotRetriedAndTellsTheReason() {
    try (ResourceClient client = ResourceClient.open(settings)) {
      StatusRuntimeException thrown =
          catchThrowableOfType(StatusRuntimeException.class, () -> client.get("missing"));

      assertThat(Failure.of(thrown))
          .isEqualTo(new Failure(Code.NOT_FOUND, Optional.of("NOT_FOUND"), "no row"));
    }
    assertThat(server.gets).hasValue(1);
  }

  @Test
  void get_serverIsSilent_endsAtTheDeadline() {
    ClientSettings hasty = settings.withDeadline(Duration.ofMillis(200));

    try (ResourceClient client = ResourceClient.open(hasty)) {
      assertThatThrownBy(() -> client.get("silent")).hasMessageContaining("DEADLINE_EXCEEDED");
    }
  }

  @Test
  void futures_stubIsKept_deadlineBeginsWithEachCall() throws Exception {
    ClientSettings hasty = settings.withDeadline(Duration.ofSeconds(1));

    try (ResourceClient client = ResourceClient.open(hasty)) {
      var stub = client.futures();
      assertThatThrownBy(() -> stub.get(request("silent")).get()).hasMessageContaining("DEADLINE");

      assertThat(stub.get(request("7")).get().getResource().getId()).isEqualTo("7");
    }
  }

  @Test
  void batchGet_oneIsMissing_answersInOrderAndThrowsNothing() {
    try (ResourceClient client = ResourceClient.open(settings.withConnections(3))) {
      var results = client.batchGet(List.of("1", "missing", "2"));

      assertThat(results)
          .extracting(result -> result.getResource().getId())
          .containsExactly("1", "", "2");
      assertThat(Failure.of(results.get(1).getStatus()).code()).isEqualTo(Code.NOT_FOUND);
    }
  }

  @Test
  void invalidate_twoIds_tellsWhatWasHit() {
    try (ResourceClient client = ResourceClient.open(settings)) {
      assertThat(client.invalidate(List.of("1", "2")).getEntriesRemoved()).isEqualTo(2);
    }
  }

  private static GetRequest request(String id) {
    return GetRequest.newBuilder().setId(id).build();
  }
}

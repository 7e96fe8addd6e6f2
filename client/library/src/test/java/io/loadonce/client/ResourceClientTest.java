package io.loadonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.util.Durations;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.Key;
import io.loadonce.v1.Lookup;
import io.loadonce.v1.LookupInfo.Source;
import io.loadonce.v1.ResourceServiceGrpc;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ResourceClientTest {

  private final FakeServer server = new FakeServer();
  private final ClientSettings settings = ClientSettings.forTarget(server.target());
  private final ResourceClient client = ResourceClient.open(settings);

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void get_rowIsThere_isFoundWithItsFacts() {
    assertThat(client.get("7"))
        .isInstanceOfSatisfying(
            GetResult.Found.class,
            found -> {
              assertThat(found.id()).isEqualTo("7");
              assertThat(found.version()).isZero();
              assertThat(found.data().getFieldsOrThrow("name").getStringValue()).isEqualTo("Paris");
              assertThat(found.source()).isEqualTo(Source.SOURCE_MEMORY);
              assertThat(found.age()).isEqualTo(Duration.ofMillis(12));
            });
  }

  @Test
  void get_lookupAndOptions_areSent() {
    ReadOptions options =
        ReadOptions.NONE.withMinVersion(0).withMaxAge(Duration.ofMillis(1_500)).withOnlyIfCached();

    GetResult plain = client.get("product", "7");
    GetResult other = client.get(RowKey.of("price", "acme", "7"), options);

    assertThat(server.requests)
        .containsExactly(
            GetRequest.newBuilder().setLookup("product").setId("7").build(),
            GetRequest.newBuilder()
                .setLookup("price")
                .addKey("acme")
                .addKey("7")
                .setMinVersion(0)
                .setMaxAge(Durations.fromMillis(1_500))
                .setOnlyIfCached(true)
                .build());
    assertThat(plain.key()).isEqualTo(RowKey.of("product", "7"));
    assertThat(other.key()).isEqualTo(RowKey.of("price", "acme", "7"));
    assertThat(other.id()).isEqualTo("(acme, 7)");
  }

  @Test
  void get_lookupReturnsLists_isAListWhichMayBeEmpty() {
    assertThat(client.get("order-lines", "2"))
        .isInstanceOfSatisfying(
            GetResult.FoundList.class, list -> assertThat(list.rows()).hasSize(2));
    assertThat(client.get("order-lines", "0"))
        .isInstanceOfSatisfying(
            GetResult.FoundList.class, list -> assertThat(list.rows()).isEmpty());
  }

  @Test
  void get_lookupIsUnknown_throwsTheReasonAndIsNoMissingRow() {
    LoadonceException thrown =
        catchThrowableOfType(LoadonceException.class, () -> client.get("none", "7"));

    assertThat(thrown.code()).isEqualTo(Code.NOT_FOUND);
    assertThat(thrown.reason()).contains("UNKNOWN_LOOKUP");
  }

  @Test
  void batchGet_keysOfTwoLookups_answersInOrder() {
    List<BatchResult> results =
        client.batchGet(
            List.of(
                RowKey.of("product", "1"),
                RowKey.of("price", "acme", "1"),
                RowKey.of("none", "1"),
                RowKey.of("order-lines", "2")),
            ReadOptions.NONE);

    assertThat(results)
        .extracting(result -> result.key().lookup())
        .containsExactly("product", "price", "none", "order-lines");
    assertThat(results.get(1).key().parts()).containsExactly("acme", "1");
    assertThat(results.get(2)).isInstanceOf(BatchResult.Failed.class);
    assertThat(results.get(3)).isInstanceOf(GetResult.FoundList.class);
  }

  @Test
  void listLookups_two_areThoseOfTheServer() {
    assertThat(client.listLookups())
        .extracting(Lookup::getName)
        .containsExactly("product", "order-lines");
  }

  @Test
  void get_idIsMissing_isNotFoundAndNotRetried() {
    assertThat(client.get("missing")).isEqualTo(new GetResult.NotFound(RowKey.of("missing")));
    assertThat(server.gets).hasValue(1);
  }

  @Test
  void get_minVersionIsNewerThanTheRow_throwsTheReason() {
    LoadonceException thrown =
        catchThrowableOfType(
            LoadonceException.class,
            () -> client.get(RowKey.of("7"), ReadOptions.NONE.withMinVersion(3)));

    assertThat(thrown.code()).isEqualTo(Code.FAILED_PRECONDITION);
    assertThat(thrown.reason()).contains("VERSION_TOO_OLD");
    assertThat(thrown.retryDelay()).isEmpty();
  }

  @Test
  void get_serverIsBusy_throwsTheDelayThatItAsksFor() {
    LoadonceException thrown =
        catchThrowableOfType(LoadonceException.class, () -> client.get("busy"));

    assertThat(thrown)
        .hasMessage("RESOURCE_EXHAUSTED (TOO_MANY_WAITERS): too many callers wait")
        .hasCauseInstanceOf(StatusRuntimeException.class);
    assertThat(thrown.retryDelay()).contains(Duration.ofMillis(250));
  }

  @Test
  @SuppressWarnings("NullAway") // Callers without such a check do this.
  void get_idIsNull_throwsAndSendsNothing() {
    assertThatNullPointerException().isThrownBy(() -> client.get(null));
    assertThatNullPointerException().isThrownBy(() -> client.get("product", null));
    assertThatNullPointerException().isThrownBy(() -> client.batchGet(Arrays.asList("1", null)));
    assertThat(server.gets).hasValue(0);
    assertThat(server.batches).isEmpty();
  }

  @Test
  void get_threadIsInterrupted_throwsCancelledAndStaysInterrupted() {
    Thread.currentThread().interrupt();

    LoadonceException thrown =
        catchThrowableOfType(LoadonceException.class, () -> client.get("silent"));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(thrown.code()).isEqualTo(Code.CANCELLED);
  }

  @Test
  void batchGet_oneIsMissingAndOneFails_answersInOrderAndThrowsNothing() {
    List<BatchResult> results = client.batchGet(List.of("1", "missing", "down", "2"));

    assertThat(results).extracting(BatchResult::id).containsExactly("1", "missing", "down", "2");
    assertThat(results.get(0)).isInstanceOf(GetResult.Found.class);
    assertThat(results.get(1)).isInstanceOf(GetResult.NotFound.class);
    assertThat(results.get(2))
        .isInstanceOfSatisfying(
            BatchResult.Failed.class,
            failed -> assertThat(failed.failure().reason()).contains("DATABASE_UNAVAILABLE"));
  }

  @Test
  void batchGet_minVersion_holdsForEachId() {
    assertThat(
            client.batchGet(
                List.of(RowKey.of("1"), RowKey.of("2")), ReadOptions.NONE.withMinVersion(3)))
        .hasSize(2)
        .allSatisfy(result -> assertThat(result).isInstanceOf(BatchResult.Failed.class));
  }

  @Test
  void batchGet_replyIsOver4MiB_isRead() {
    assertThat(client.batchGet(Collections.nCopies(5, "large"))).hasSize(5);
  }

  /** The planted bug: with the default limit of gRPC the same reply is an error. */
  @Test
  void batchGet_stubWithTheDefaultLimit_failsAsIfTheServerWereBusy() {
    BatchGetRequest request =
        BatchGetRequest.newBuilder().addAllIds(Collections.nCopies(5, "large")).build();
    var stub =
        ResourceServiceGrpc.newBlockingStub(client.channel()).withMaxInboundMessageSize(4 << 20);

    assertThatThrownBy(() -> stub.batchGet(request)).hasMessageContaining("RESOURCE_EXHAUSTED");
  }

  @Test
  void invalidate_twoIds_tellsWhatWasRemoved() {
    assertThat(client.invalidate(List.of("1", "2"))).isEqualTo(new Invalidation(2, 1, 1, 0));
  }

  @Test
  void invalidate_repeatAfterAndAll_areSent() {
    client.invalidateKeys(List.of(RowKey.of("1")), Duration.ofMillis(1_500));
    client.invalidateAll("product");
    client.invalidate("product", List.of("2"));
    client.invalidateKeys(List.of(RowKey.of("price", "acme", "a"), RowKey.of("product", "b")));

    assertThat(server.invalidations)
        .containsExactly(
            InvalidateRequest.newBuilder()
                .addIds("1")
                .setRepeatAfter(Durations.fromMillis(1_500))
                .build(),
            InvalidateRequest.newBuilder()
                .setLookup("product")
                .setAll(true)
                .setStrength(InvalidateRequest.Strength.STRENGTH_SENT)
                .build(),
            InvalidateRequest.newBuilder().setLookup("product").addIds("2").build(),
            InvalidateRequest.newBuilder()
                .addKeys(Key.newBuilder().setLookup("price").addKey("acme").addKey("a"))
                .addKeys(Key.newBuilder().setLookup("product").setId("b"))
                .build());
  }

  @Test
  void channel_stubIsKept_deadlineBeginsWithEachCall() throws Exception {
    ClientSettings hasty = settings.withDeadline(Duration.ofSeconds(1));

    try (ResourceClient hastyClient = ResourceClient.open(hasty)) {
      var stub = ResourceServiceGrpc.newFutureStub(hastyClient.channel());
      assertThatThrownBy(() -> stub.get(request("silent")).get()).hasMessageContaining("DEADLINE");

      assertThat(stub.get(request("7")).get().getResource().getId()).isEqualTo("7");
    }
  }

  @Test
  void close_twice_endsTheClient() {
    client.close();
    client.close();

    assertThatThrownBy(() -> client.get("7")).isInstanceOf(LoadonceException.class);
    assertThat(server.gets).hasValue(0);
  }

  private static GetRequest request(String id) {
    return GetRequest.newBuilder().setId(id).build();
  }
}

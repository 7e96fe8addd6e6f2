package io.loadonce.server.request;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.load.LoadSettings;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.load.Outcome.Origin;
import io.loadonce.server.lock.LockSettings;
import io.loadonce.server.lookup.EncodedRow;
import io.loadonce.server.lookup.Lookup;
import io.loadonce.server.lookup.LookupConfig;
import io.loadonce.server.lookup.Lookups;
import io.loadonce.server.lookup.LookupsOverSources;
import io.loadonce.v1.BatchGetResponse;
import io.loadonce.v1.BatchGetResult;
import io.loadonce.v1.GetResponse;
import io.loadonce.v1.LookupInfo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written by hand is what generated code would have written, byte for byte. */
class WireFormTest {

  /** Longer than 127 and than 16,383 bytes, so that lengths of one to three bytes are written. */
  private static final int[] TEXT_LENGTHS = {0, 100, 200, 20_000};

  private static final Lookups LOOKUPS =
      LookupsOverSources.of(
          Stream.of(ShopSource.PRODUCT, ShopSource.ORDER_LINES)
              .map(
                  each ->
                      new LookupConfig(
                          each, CacheSettings.within(1 << 20, 1 << 20), LoadSettings.DEFAULTS))
              .toList(),
          each -> new ShopSource(each, new ArrayDeque<>()),
          LockSettings.DEFAULTS,
          System::nanoTime);

  private static final Lookup ONE_ROW = LOOKUPS.all().getFirst();
  private static final Lookup LIST = LOOKUPS.all().getLast();

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 999_999_999, 1_000_000_000, 61_000_000_001L, Long.MAX_VALUE})
  void getReply_anyAge_isWhatGeneratedCodeWrites(long ageNanos) throws Exception {
    for (int length : TEXT_LENGTHS) {
      Outcome.Found<EncodedRow> found = found(length, Origin.MEMORY, ageNanos);

      assertThat(drained(reply(found)))
          .isEqualTo(generated(found, LookupInfo.Source.SOURCE_MEMORY).toByteArray());
    }
  }

  @ParameterizedTest
  @EnumSource(Origin.class)
  void getReply_anyOrigin_isInTheInfo(Origin origin) throws Exception {
    GetResponse parsed = GetResponse.parseFrom(drained(reply(found(1, origin, 5))));

    assertThat(parsed.getInfo().getSource().name()).isEqualTo("SOURCE_" + origin.name());
  }

  @Test
  void batchGetReply_rowsAndFailures_isWhatGeneratedCodeWrites() throws Exception {
    Outcome.Found<EncodedRow> found = found(20_000, Origin.LOADED, 7);
    BatchGetResult failed =
        BatchGetResult.newBuilder().setStatus(Reason.NOT_FOUND.status("none")).build();
    GetResponse row = generated(found, LookupInfo.Source.SOURCE_LOADED);
    BatchGetResponse expected =
        BatchGetResponse.newBuilder()
            .addResults(failed)
            .addResults(
                BatchGetResult.newBuilder().setResource(row.getResource()).setInfo(row.getInfo()))
            .build();

    byte[] written =
        drained(new BatchGetReply(List.of(new WireMessage.Generated(failed), reply(found))));

    assertThat(written).isEqualTo(expected.toByteArray());
  }

  @Test
  void replyStream_readInsteadOfDrained_hasTheSameBytes() throws Exception {
    GetReply reply = reply(found(200, Origin.MEMORY, 5));
    try (WireStream stream = new WireStream(reply)) {
      assertThat(stream.available()).isEqualTo(reply.sizeBytes());
      assertThat(stream.read()).isEqualTo(drained(reply)[0]);
      assertThat(stream.available()).isEqualTo(reply.sizeBytes() - 1);
      assertThat(stream.drainTo(OutputStream.nullOutputStream())).isEqualTo(reply.sizeBytes() - 1);
      assertThat(stream.available()).isZero();
    }
  }

  /** The comparison can fail: a length of more than 127 bytes written as one byte is caught. */
  @Test
  void getReply_plantedShortLength_isNotWhatGeneratedCodeWrites() throws Exception {
    Outcome.Found<EncodedRow> found = found(200, Origin.MEMORY, 5);
    ByteString resource = found.value().bytes();
    WireMessage planted =
        new WireMessage() {
          @Override
          public int sizeBytes() {
            return 2 + resource.size();
          }

          @Override
          public void writeTo(CodedOutputStream out) throws IOException {
            out.writeRawByte(0x0A);
            out.writeRawByte(resource.size());
            out.writeRawBytes(resource);
          }
        };

    assertThat(drained(planted))
        .isNotEqualTo(generated(found, LookupInfo.Source.SOURCE_MEMORY).toByteArray());
  }

  @Test
  void getReply_listWithoutRows_isWhatGeneratedCodeWrites() throws Exception {
    GetResponse expected =
        GetResponse.newBuilder()
            .setResource(io.loadonce.v1.Resource.newBuilder().setId("7"))
            .setInfo(
                LookupInfo.newBuilder()
                    .setSource(LookupInfo.Source.SOURCE_JOINED)
                    .setAge(Duration.newBuilder().setNanos(5)))
            .build();
    Target.Row row = new Target.Row(LIST, Key.of(7));

    GetReply reply = GetReply.of(row, new Outcome.Missing<>(Origin.JOINED, 5));

    assertThat(drained(Objects.requireNonNull(reply))).isEqualTo(expected.toByteArray());
  }

  private static GetReply reply(Outcome<EncodedRow> outcome) {
    return Objects.requireNonNull(GetReply.of(new Target.Row(ONE_ROW, Key.of("a")), outcome));
  }

  private static Outcome.Found<EncodedRow> found(int length, Origin origin, long ageNanos)
      throws Exception {
    Struct data =
        Struct.newBuilder()
            .putFields("text", Value.newBuilder().setStringValue("é".repeat(length)).build())
            .build();
    Row row = new Row(KeyType.TEXT.parse("a"), 3, data);
    return new Outcome.Found<>(EncodedRow.of(row), 3, origin, ageNanos);
  }

  private static GetResponse generated(Outcome.Found<EncodedRow> found, LookupInfo.Source source)
      throws IOException {
    LookupInfo.Builder info = LookupInfo.newBuilder().setSource(source);
    if (found.ageNanos() > 0) {
      java.time.Duration age = java.time.Duration.ofNanos(found.ageNanos());
      info.setAge(Duration.newBuilder().setSeconds(age.getSeconds()).setNanos(age.getNano()));
    }
    return GetResponse.newBuilder()
        .setResource(io.loadonce.v1.Resource.parseFrom(found.value().bytes()))
        .setInfo(info)
        .build();
  }

  private static byte[] drained(WireMessage message) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (WireStream stream = new WireStream(message)) {
      assertThat(stream.drainTo(out)).isEqualTo(out.size());
    }
    assertThat(message.sizeBytes()).isEqualTo(out.size());
    return out.toByteArray();
  }
}

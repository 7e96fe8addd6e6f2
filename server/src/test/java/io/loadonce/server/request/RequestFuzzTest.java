package io.loadonce.server.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.GetRequest;

/** Requests: what is read by hand is what generated code reads, and fails if that fails. */
class RequestFuzzTest {

  @FuzzTest
  void of_anyBytes_isWhatGeneratedCodeReads(byte[] input) throws InvalidProtocolBufferException {
    assertGet(input);
    assertBatchGet(input);
  }

  private static void assertGet(byte[] input) throws InvalidProtocolBufferException {
    GetRequest expected;
    try {
      expected = GetRequest.parseFrom(input);
    } catch (InvalidProtocolBufferException _) {
      assertThatThrownBy(() -> ParsedGet.of(input))
          .isInstanceOf(InvalidProtocolBufferException.class);
      return;
    }
    assertThat(ParsedGet.of(input))
        .isEqualTo(
            new ParsedGet(
                expected.getLookup(),
                expected.getId(),
                expected.getKeyList(),
                Conditions.of(expected)));
  }

  private static void assertBatchGet(byte[] input) throws InvalidProtocolBufferException {
    BatchGetRequest expected;
    try {
      expected = BatchGetRequest.parseFrom(input);
    } catch (InvalidProtocolBufferException _) {
      assertThatThrownBy(() -> refuseTooMany(ParsedBatchGet.of(input)))
          .isInstanceOf(InvalidProtocolBufferException.class);
      return;
    }
    ParsedBatchGet request = ParsedBatchGet.of(input);
    if (expected.getIdsCount() > Reason.MAX_IDS) {
      assertThat(request.named().size()).isGreaterThan(Reason.MAX_IDS);
      return;
    }
    assertThat(request)
        .isEqualTo(
            new ParsedBatchGet(
                new ManyIds(expected.getLookup(), expected.getIdsList(), expected.getKeysList()),
                Conditions.of(expected)));
  }

  /** Behind so many ids the parser does not read on, so it finds no mistake there. */
  private static void refuseTooMany(ParsedBatchGet request) throws InvalidProtocolBufferException {
    if (request.named().size() > Reason.MAX_IDS) {
      throw new InvalidProtocolBufferException("too many ids");
    }
  }
}

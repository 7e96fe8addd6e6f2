package io.loadonce.bench.reliability.outages;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class AnswerTest {

  private static final List<Answer> THOUSAND =
      LongStream.rangeClosed(1, 1_000).mapToObj(AnswerTest::ofMillis).toList();

  @Test
  void percentile_1000Answers_isTheValueThatSoManyDoNotExceed() {
    assertThat(Answer.percentile(THOUSAND, 0.999, Answer::tookNanos)).isEqualTo(999);
    assertThat(Answer.percentile(THOUSAND, 1, Answer::tookNanos)).isEqualTo(1_000);
  }

  @Test
  void percentile_fewAnswers_isTheLargest() {
    List<Answer> few = List.of(ofMillis(7), ofMillis(3));

    assertThat(Answer.percentile(few, 0.999, Answer::tookNanos)).isEqualTo(7);
  }

  @Test
  void shares_twoStatuses_haveOneEach() {
    Answer failed = new Answer(/* isCached= */ false, 0, 1, Status.Code.UNAVAILABLE);

    assertThat(Answer.shares(List.of(ofMillis(1), failed, failed, failed)))
        .isEqualTo("OK 25.0 %, UNAVAILABLE 75.0 %");
  }

  private static Answer ofMillis(long millis) {
    return new Answer(/* isCached= */ false, 0, millis * 1_000_000, Status.Code.OK);
  }
}

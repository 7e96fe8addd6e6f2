package io.loadonce.server.badinputs;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The judge can find each harm that it looks for: all of these are planted. */
class JudgedServiceTest {

  private static final Logger log = LoggerFactory.getLogger(JudgedServiceTest.class);

  @Test
  void judge_twoLines_isRed() throws Exception {
    try (JudgedService judged = JudgedService.start(Map.of())) {
      assertRed(
          judged,
          () -> {
            log.warn("one");
            log.warn("two");
          },
          "lines of the log");
    }
  }

  @Test
  void judge_longLine_isRed() throws Exception {
    try (JudgedService judged = JudgedService.start(Map.of())) {
      assertRed(judged, () -> log.warn("x".repeat(500)), "xxx");
    }
  }

  @Test
  void judge_stackTrace_isRed() throws Exception {
    try (JudgedService judged = JudgedService.start(Map.of())) {
      assertRed(
          judged, () -> log.warn("a", new IllegalStateException("b")), "IllegalStateException");
    }
  }

  @Test
  void judge_lineOfJavaUtilLogging_isSeen() throws Exception {
    try (JudgedService judged = JudgedService.start(Map.of())) {
      assertRed(
          judged,
          () -> java.util.logging.Logger.getLogger("io.grpc").severe("x".repeat(500)),
          "xxx");
    }
  }

  @Test
  void judge_neighbourIsHurt_isRed() throws Exception {
    try (JudgedService judged = JudgedService.start(Map.of())) {
      assertRed(judged, () -> judged.service().drain(), "calls of the neighbour that failed");
    }
  }

  private static void assertRed(JudgedService judged, Runnable harm, String because) {
    assertThatThrownBy(
            () ->
                judged.<Integer>judge(
                    () -> {
                      harm.run();
                      return 0;
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(because);
  }
}

package io.loadonce.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RateLimitedLogTest {

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 10);
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
  private final Logger logger = new LoggerContext().getLogger("test");
  private final RateLimitedLog log = new RateLimitedLog(logger, clock::get);

  @BeforeEach
  void start() {
    appender.start();
    logger.addAppender(appender);
  }

  @Test
  void warn_sameTextWithinAMinute_isLoggedOnceAndCounted() {
    for (int i = 0; i < 10; i++) {
      log.warn("down");
      pass(RateLimitedLog.BETWEEN_LINES);
    }
    assertThat(lines()).containsExactly("down");

    pass(RateLimitedLog.BETWEEN_EQUAL_LINES);
    log.warn("down");

    assertThat(lines()).containsExactly("down", "down (9 warnings before this were not logged)");
  }

  @Test
  void warn_anotherTextAfterASecond_isLogged() {
    log.warn("down");
    pass(RateLimitedLog.BETWEEN_LINES);
    log.warn("still down");

    assertThat(lines()).containsExactly("down", "still down");
  }

  @Test
  void warn_textWithinASecond_isCountedAndNotMade() {
    log.warn(() -> "first");
    log.warn(
        () -> {
          throw new AssertionError("made, although it cannot be logged");
        });
    pass(RateLimitedLog.BETWEEN_LINES);
    log.warn(() -> "second");

    assertThat(lines()).containsExactly("first", "second (1 warnings before this were not logged)");
  }

  @Test
  void warn_otherTextsWithinASecond_areLoggedOnce() {
    for (int i = 0; i < 10; i++) {
      log.warn("row " + i);
    }

    assertThat(lines()).containsExactly("row 0");
  }

  @Test
  void warn_otherDetailsWithinAMinute_areLoggedOnce() {
    log.warn("down", " after 1 ms", /* cause= */ null);
    pass(RateLimitedLog.BETWEEN_LINES);
    log.warn("down", " after 2 ms", /* cause= */ null);

    assertThat(lines()).containsExactly("down after 1 ms");
  }

  @Test
  void warn_withACause_saysWhereItWasThrown() {
    log.warn("failed", new IllegalArgumentException(new IllegalStateException("planted")));

    ILoggingEvent line = appender.list.getFirst();
    assertThat(line.getFormattedMessage())
        .matches(
            "failed; java.lang.IllegalStateException: planted at RateLimitedLogTest.java:\\d+");
    assertThat(line.getThrowableProxy()).isNull();
    assertThat(appender.list.get(1).getLevel()).isEqualTo(Level.DEBUG);
    assertThat(appender.list.get(1).getThrowableProxy()).isNotNull();
  }

  @Test
  void warn_longTextWithLineBreaks_isOneShortLine() {
    log.warn("a\r\nb\u001b[31m\u2028" + "ä€\uD83D\uDE00".repeat(10_000));

    String line = lines().getFirst();
    assertThat(line).startsWith("a b\\u001b[31m ä€").endsWith("…");
    assertThat(line.getBytes(StandardCharsets.UTF_8).length)
        .isBetween(RateLimitedLog.MAX_BYTES - 10, RateLimitedLog.MAX_BYTES);
  }

  private void pass(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  private List<String> lines() {
    return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}

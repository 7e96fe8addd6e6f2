package io.loadonce.commands.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.commands.load.record.RunFixture;
import io.loadonce.commands.load.record.Second;
import org.junit.jupiter.api.Test;

class ProgressTest {

  @Test
  void message_aSecond_hasRateLatencyAndFailures() {
    Second second = RunFixture.run(2, 7).seconds().getFirst();

    assertThat(Progress.message(second)).matches(" 1,000 calls/s, p99 \\d\\.\\d{3} ms, 10 failed");
  }
}

package io.loadonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientSettingsTest {

  @Test
  void forTarget_nothingElseSet_hasTheseDefaults() {
    assertThat(ClientSettings.forTarget(ClientSettings.DEFAULT_TARGET))
        .isEqualTo(
            new ClientSettings(
                "127.0.0.1:50051",
                Duration.ofSeconds(5),
                5,
                Duration.ofSeconds(30),
                new Security.Plaintext(),
                ClientSettings.Callbacks.POOL,
                Optional.empty(),
                0));
  }

  @Test
  void new_recordGrows_thisTestGrowsToo() {
    assertThat(ClientSettings.class.getRecordComponents())
        .extracting(component -> component.getName())
        .containsExactly(
            "target",
            "deadline",
            "maxAttempts",
            "keepAlive",
            "security",
            "callbacks",
            "tokenFile",
            "affinity");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "h:1",
        "10.0.0.1:50051",
        "[::1]:50051",
        "dns:///h:50051",
        "unix:/tmp/s",
        "a:1,[::1]:2,c:3"
      })
  void new_targetCanBeResolved_isAccepted(String target) {
    assertThat(ClientSettings.forTarget(target).target()).isEqualTo(target);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "h", "h:", ":1", "h:0", "h:65536", "h :1", "h:1:2", "http://"})
  void new_targetCannotBeResolved_isRefused(String target) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ClientSettings.forTarget(target))
        .withMessageContaining("must be host:port");
  }

  @Test
  void new_numberOutOfLimits_isRefused() {
    ClientSettings settings = ClientSettings.forTarget("h:1");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings.withKeepAlive(Duration.ofMinutes(90)))
        .withMessage("keep-alive is 1h30m but must be from 10s to 1h");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings.withMaxAttempts(6))
        .withMessage("attempts is 6 but must be from 1 to 5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings.withDeadline(Duration.ZERO))
        .withMessage("deadline is 0s but must be from 0.001s to 1h");
  }
}

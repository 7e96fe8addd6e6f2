package io.loadonce.server.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The reasons are those that the contract promises, each with the status it promises. */
class ReasonTest {

  private static final Pattern LINE = Pattern.compile("(?m)^// {3}([A-Z_]+) +([A-Z_]+) +[A-Z]");

  @Test
  void reasons_all_areThoseOfTheContract() throws IOException {
    TreeMap<String, String> promised =
        LINE.matcher(contract())
            .results()
            .collect(
                Collectors.toMap(
                    line -> line.group(2), line -> line.group(1), (a, b) -> b, TreeMap::new));

    assertThat(promised)
        .isEqualTo(
            Stream.of(Reason.values())
                .collect(
                    Collectors.toMap(
                        Reason::name, reason -> reason.code().name(), (a, b) -> b, TreeMap::new)));
  }

  @Test
  void status_anotherTryCannotHelp_hasNoRetryInfo() {
    assertThat(Reason.retryMillis(ReplyLimit.REPLY.status())).isZero();
    assertThat(Reason.retryMillis(ReplyLimit.CONNECTION.status())).isEqualTo(1_001);
  }

  private static String contract() throws IOException {
    try (InputStream proto =
        Reason.class.getResourceAsStream("/loadonce/v1/resource_service.proto")) {
      return new String(Objects.requireNonNull(proto).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}

package io.loadonce.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenCommandTest {

  @TempDir private Path folder;

  private record Ended(int status, String out, String err) {}

  @Test
  void token_withoutFile_isOnStandardErrorAndTheLineOnStandardOutput() throws Exception {
    Ended made = run("token", "billing", "--rights", "read,invalidate", "--lookups=product");

    assertThat(made.status()).isZero();
    assertThat(made.out()).matches("sha256:[0-9a-f]{64} billing read,invalidate product\\n");
    assertThat(made.err())
        .matches("the token of billing, which is not shown again: [A-Za-z0-9_-]{43}\\n");
  }

  @Test
  void token_withFile_isThereForItsOwnerOnly() throws Exception {
    Path file = folder.resolve("billing.token");

    Ended made = run("token", "billing", "--rights=read", "--token-file", file.toString());

    assertThat(made.status()).isZero();
    assertThat(made.err()).isEmpty();
    assertThat(Files.readString(file)).matches("[A-Za-z0-9_-]{43}\\R");
    assertThat(made.out()).doesNotContain(Files.readString(file).strip());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(run("token", "billing", "--rights=read", "--token-file", file.toString()))
        .isEqualTo(
            new Ended(
                2,
                "",
                "loadonce: token-file: '%s' is there already; name a new file%n".formatted(file)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "token                      | needs a caller and its rights",
        "token billing              | needs a caller and its rights",
        "token --rights read        | needs a caller and its rights",
        "token billing --rights     | needs a caller and its rights",
        "token billing --right=read | needs a caller and its rights",
        "token billing --rights raed | the third field must be rights out of read, invalidate",
        "token b;ling --rights read | the second field must be the caller's name",
      })
  void token_argumentsAreWrong_isRefusedOnOneLine(String line, String said) throws Exception {
    Ended refused = run(line.split(" "));

    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.err().lines()).singleElement().asString().contains(said);
  }

  @Test
  void token_help_isThere() throws Exception {
    assertThat(run("token", "--help").out()).startsWith("usage: ./loadonce token NAME");
  }

  private static Ended run(String... arguments) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        Main.run(
            List.of(arguments),
            Map.of(),
            new PrintStream(out, /* autoFlush= */ true, StandardCharsets.UTF_8),
            new PrintStream(err, /* autoFlush= */ true, StandardCharsets.UTF_8));
    return new Ended(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}

package io.loadonce.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessRulesTest {

  private static final Set<String> LOOKUPS = Set.of("product", "price");

  /** The hash of the text "secret". */
  private static final String HASH =
      "sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

  @Test
  void parse_linesOfBothKinds_areCallers() throws Exception {
    AccessRules rules =
        AccessRules.parse(
            """
            # a remark

            %s billing read,invalidate price,product
            \tcertificate:shop.internal   shop\tadmin
            """
                .formatted(HASH),
            LOOKUPS);

    assertThat(rules.ofToken("secret"))
        .contains(
            new Caller("billing", EnumSet.of(Right.READ, Right.INVALIDATE), Optional.of(LOOKUPS)));
    assertThat(rules.ofToken("Secret")).isEmpty();
    assertThat(rules.ofCertificate(List.of("other", "shop.internal")))
        .contains(new Caller("shop", EnumSet.of(Right.ADMIN), Optional.empty()));
    assertThat(rules.ofCertificate(List.of("shop"))).isEmpty();
  }

  @Test
  void parse_oneCallerWithTwoTokens_isKnownByBoth() throws Exception {
    AccessRules rules =
        AccessRules.parse(
            "%s a read%n%s a read%n".formatted(HASH, AccessRules.hashText("next")), LOOKUPS);

    assertThat(rules.ofToken("secret")).isEqualTo(rules.ofToken("next")).isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HASH a            | line 2: has 2 fields; write sha256:HASH or certificate:NAME, the"
            + " caller's name, its rights and, if it may not use all lookups, the lookups",
        "HASH a read b c   | line 2: has 5 fields; write sha256:HASH or certificate:NAME, the"
            + " caller's name, its rights and, if it may not use all lookups, the lookups",
        "HASH -a read      | line 2: the second field must be the caller's name: 1 to 63 letters,"
            + " digits, . _ @ or -",
        "HASH a raed       | line 2: the third field must be rights out of read, invalidate and"
            + " admin, with commas and no spaces between them",
        "HASH a read,      | line 2: the third field must be rights out of read, invalidate and"
            + " admin, with commas and no spaces between them",
        "HASH a read prise | line 2: the fourth field must be lookups of this service, with commas"
            + " and no spaces between them: price,product",
        "canary a read     | line 2: the first field must be sha256: and 64 hexadecimal digits, or"
            + " certificate: and a name; ./loadonce token makes a line",
        "sha256:12 a read  | line 2: the first field must be sha256: and 64 hexadecimal digits, or"
            + " certificate: and a name; ./loadonce token makes a line",
      })
  void parse_lineIsWrong_namesItAndWhatIsRight(String line, String message) {
    String text = "# first\n" + line.replace("HASH", HASH);

    assertThatThrownBy(() -> AccessRules.parse(text, LOOKUPS)).hasMessage(message);
  }

  @Test
  void parse_tokenTwice_isRefused() {
    String line = HASH + " a read\n";

    assertThatThrownBy(() -> AccessRules.parse(line + line, LOOKUPS))
        .hasMessage(
            "line 2: this token or certificate stands in an earlier line, too; keep one of them");
  }

  @Test
  void parse_noCaller_isRefused() {
    assertThatThrownBy(() -> AccessRules.parse("# nobody\n", LOOKUPS))
        .hasMessage("line 1: no line of the file names a caller; add one");
  }

  @Test
  void parse_tooManyLines_isRefused() {
    assertThatThrownBy(() -> AccessRules.parse("\n".repeat(AccessRules.MAX_LINES + 1), LOOKUPS))
        .hasMessage("line 10001: a file has 10000 lines at most");
  }

  @Test
  void newToken_itsLine_isThatOfTheToken() throws Exception {
    NewToken made = NewToken.of("billing", "read", "price,price");

    AccessRules rules = AccessRules.parse(made.line(), LOOKUPS);

    assertThat(rules.ofToken(made.token())).map(Caller::name).contains("billing");
    assertThat(made.toString()).doesNotContain(made.token());
    assertThat(NewToken.of("billing", "read", "").token()).hasSize(43).isNotEqualTo(made.token());
  }
}

package io.loadonce.server.planted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of bugs, and how a bug is put into a source file. */
class PlantedBugTest {
  private static final String TWO =
      """
      # The first.
      promise: G1
      bug: the second look is left out
      file: A.java
      right:
        if (a) {
          look();
        }
      wrong:
      check: a.ATest#a
      fails-with: expected: one

      promise: G2
      bug: the fence is left out
      file: B.java
      right: fence();
      wrong: open();
      check: a.BTest#b
      fails-with:
        expected: 2
        but was: 1
      """;

  @Test
  void read_twoBugs_areAsWritten() {
    assertThat(read(TWO))
        .containsExactly(
            new PlantedBug(
                "G1",
                "the second look is left out",
                "A.java",
                "if (a) {\n  look();\n}",
                "",
                "a.ATest#a",
                List.of("expected: one")),
            new PlantedBug(
                "G2",
                "the fence is left out",
                "B.java",
                "fence();",
                "open();",
                "a.BTest#b",
                List.of("expected: 2", "but was: 1")));
  }

  @Test
  void read_keyMissing_namesTheLine() {
    assertThatThrownBy(() -> read(TWO.replace("wrong: open();\n", "")))
        .hasMessage("bugs.txt:17: wrong: is expected, not: check: a.BTest#b");
  }

  @Test
  void read_keyUnknown_namesTheLine() {
    assertThatThrownBy(() -> read(TWO.replace("right: fence", "rigth: fence")))
        .hasMessage("bugs.txt:16: right: is expected, not: rigth: fence();");
  }

  @Test
  void read_endsInABug_namesTheLine() {
    assertThatThrownBy(() -> read(TWO.substring(0, TWO.indexOf("fails-with:\n"))))
        .hasMessage("bugs.txt:19: the file ends where fails-with: is expected");
  }

  @Test
  void read_noMessage_namesTheLineWhereTheBugBegins() {
    assertThatThrownBy(() -> read(TWO.replace("fails-with: expected: one", "fails-with:")))
        .hasMessage("bugs.txt:2: fails-with is empty");
  }

  @Test
  void read_nothing_isAnError() {
    assertThatThrownBy(() -> read("# later\n")).hasMessage("bugs.txt: there is nothing in it");
  }

  @Test
  void bugs_oneTwice_isAnError() {
    assertThatThrownBy(() -> PlantedBugs.requireDistinct(read(TWO + TWO)))
        .hasMessage("this bug is there twice: G1: the second look is left out");
  }

  @Test
  void bugs_sameChangeUnderAnotherName_isAnError() {
    String again = TWO.replace("bug: ", "bug: again, ").replace("fence();", "fence( );");
    assertThatThrownBy(() -> PlantedBugs.requireDistinct(read(TWO + again)))
        .hasMessage("this bug is there twice: G1: again, the second look is left out");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a = two.of( x, y);",
        "a = two\n    .of(x,\n        y);",
        "a=two.of(x,y) ;",
      })
  void plantInto_otherWhiteSpace_isReplaced(String line) {
    PlantedBug bug = change("two.of(x, y)", "3");
    assertThat(bug.plantInto("b();\n" + line).replace(" ", "")).isEqualTo("b();\na=3;");
  }

  @Test
  void plantInto_notThere_isAnError() {
    assertThatThrownBy(() -> change("two", "3").plantInto("twofold = one_two;"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("A.java holds this 0 times, not once: two");
  }

  @Test
  void plantInto_thereTwice_isAnError() {
    assertThatThrownBy(() -> change("two", "3").plantInto("two + two"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("A.java holds this 2 times, not once: two");
  }

  private static List<PlantedBug> read(String text) {
    return new Blocks("bugs.txt", PlantedBug.KEYS).read(text, PlantedBug::of);
  }

  private static PlantedBug change(String right, String wrong) {
    return new PlantedBug("G1", "a bug", "A.java", right, wrong, "a.ATest#a", List.of("expected"));
  }
}

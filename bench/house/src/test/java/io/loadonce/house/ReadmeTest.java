package io.loadonce.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every link of every page leads somewhere; every command of the README is run, by CI or by the
 * server's own test of the documents; the code for callers is that of the programs that CI runs;
 * every mutex is in its document.
 */
class ReadmeTest {

  private static final TidyRule LINKS = DocRules.deadLinks();
  private static final TidyRule COMMANDS = DocRules.unrunCommands();
  private static final TidyRule CODE = DocRules.inventedCode();
  private static final TidyRule MUTEXES = DocRules.unnamedMutexes();

  @Test
  void links_asTheyAre_leadSomewhere() throws IOException {
    assertThat(LINKS.violations(SourceTree.read())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"docs/no.md", "no/", "README.md#no", "#no", "../README.md", "docs#locks"})
  void links_plantedDeadOne_isRed(String link) {
    assertThat(LINKS.violations(treeWith("see [this](" + link + ")")))
        .containsExactly("link that leads nowhere: README.md ](" + link + ")");
  }

  @ParameterizedTest
  @ValueSource(strings = {"docs/locks.md", "docs/", "docs/locks.md#the-order", "#top", "ftp:x"})
  void links_liveOne_isGreen(String link) {
    assertThat(LINKS.violations(treeWith("# Top\nsee [this](" + link + ")"))).isEmpty();
  }

  @Test
  void commands_asTheyAre_areRun() throws IOException {
    assertThat(COMMANDS.violations(SourceTree.read())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "./loadonce get 1 2",
        "./loadonce ge",
        "mvn -q",
        "docker build .",
        "./loadonce no"
      })
  void commands_plantedOneThatNobodyRuns_isRed(String command) {
    assertThat(COMMANDS.violations(treeWith("```sh\n" + command + "\n```\n")))
        .containsExactly("command that nobody runs: " + command);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$ mvn",
        "./loadonce get 1   # a remark",
        "./loadonce \\\n  get 1",
        "npx curl -d '{\"id\": \"1\"}' http://127.0.0.1:50051/Get"
      })
  void commands_oneThatIsRun_isGreen(String command) {
    assertThat(COMMANDS.violations(treeWith("```sh\n" + command + "\n```\n"))).isEmpty();
  }

  @Test
  void commands_none_isRed() {
    assertThat(COMMANDS.violations(treeWith("`mvn`")))
        .containsExactly("command that nobody runs: found no command");
  }

  @Test
  void callers_code_isThatOfTheProgramsThatCiRuns() throws IOException {
    assertThat(CODE.violations(SourceTree.read())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"int a = 2;", "int a = 1; // b", "  int a = 1;\n}"})
  void callers_plantedCodeThatNobodyRuns_isRed(String code) {
    assertThat(CODE.violations(callersPage(code)))
        .containsExactly("code that is in no program of interop/: " + code);
  }

  @ParameterizedTest
  @ValueSource(strings = {"int a = 1;", "if (b) {\n  int a = 1;\n\n  f();\n}"})
  void callers_codeOfAProgram_isGreen(String code) {
    assertThat(CODE.violations(callersPage(code))).isEmpty();
  }

  @Test
  void mutexes_all_areInTheirDocument() throws IOException {
    assertThat(MUTEXES.violations(SourceTree.read())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"synchronized (this) {}", "Lock mutex = new ReentrantLock();", "new Semaphore(1)"})
  void mutexes_plantedOneThatIsNotThere_isRed(String code) {
    String path = "server/src/main/java/a/Hidden.java";
    List<SourceFile> tree =
        List.of(new SourceFile(path, code), new SourceFile("docs/locks.md", "`Segment.mutex`"));
    assertThat(MUTEXES.violations(tree))
        .containsExactly("mutex that docs/locks.md does not name: " + path);
  }

  private static List<SourceFile> callersPage(String code) {
    String program = "class A {\n  if (b) {\n    int a = 1;\n\n    f();\n  }\n}\n";
    return List.of(
        new SourceFile("docs/callers.md", "```java\n" + code + "\n```\n"),
        new SourceFile("interop/java/A.java", program));
  }

  private static List<SourceFile> treeWith(String readme) {
    return List.of(
        new SourceFile("README.md", readme),
        new SourceFile("docs/locks.md", "## The order\n"),
        new SourceFile(
            ".ci/run",
            """
            step "mvn -q"
            # ./loadonce no
            timeout 720 mvn -B
            expect "$(timeout 9 ./loadonce get 1)"
            timeout 9 npx curl \\
              -d '{"id": "1"}' "http://$target/Get"
            """));
  }
}

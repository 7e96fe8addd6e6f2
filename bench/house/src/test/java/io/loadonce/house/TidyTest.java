package io.loadonce.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The tree keeps each rule, and each rule can be broken. */
class TidyTest {

  private static final String TEST = "bench/src/test/java/a/";
  private static final String MAIN = "db/src/main/java/a/";

  @ParameterizedTest
  @MethodSource("plants")
  void tree_asItIs_keepsTheRule(TidyRule rule, List<SourceFile> plants) throws IOException {
    assertThat(rule.violations(SourceTree.read())).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("plants")
  void rule_plantedViolation_isRed(TidyRule rule, List<SourceFile> plants) {
    for (SourceFile plant : plants) {
      assertThat(rule.violations(List.of(plant)))
          .as(plant.text())
          .singleElement()
          .asString()
          .startsWith(rule.name())
          .doesNotContain("looked at nothing");
    }
  }

  @ParameterizedTest
  @MethodSource("plants")
  void rule_noFile_isRed(TidyRule rule, List<SourceFile> plants) {
    assertThat(rule.violations(List.of())).containsExactly(rule.name() + ": looked at nothing");
  }

  /** All rules, with what breaks each of them. */
  static Stream<Arguments> plants() {
    return Stream.of(
        planted(JavaRules.longFiles(), file(MAIN + "Long.java", "// line\n".repeat(401))),
        planted(JavaRules.longMethods(), java("class A { void f() {" + "\n".repeat(70) + "} }")),
        planted(
            JavaRules.bannedNames(),
            java("class ThingImpl {}"),
            java("class A { interface ThingHelper {} }"),
            java("record LoadUtils() {}"),
            file("db/src/main/java/a/common/A.java", "package a.common; class A {}")),
        planted(JavaRules.starImports(), java("import java.util.*; class A {}")),
        planted(
            JavaRules.disabledTests(),
            test("class A { @org.junit.jupiter.api.Disabled void f() {} }"),
            test("@Disabled class A {}"),
            test("@EnabledIfSystemProperty(named = \"a\", matches = \"b\") class A {}"),
            test("class A { @DisabledOnOs(OS.MAC) void f() {} }")),
        planted(
            JavaRules.sleepingTests(),
            test("class A { void f() { Thread.sleep(1); } }"),
            test("class A { void f() { TimeUnit.SECONDS.sleep(1); } }"),
            test("class A { void f() { LockSupport.parkNanos(1); } }")),
        planted(
            JavaRules.unmarkedPackages(),
            java("class A {}"),
            file(MAIN + "package-info.java", "package a;")),
        planted(
            DeadFiles.leftOvers(),
            file(MAIN + "A.java.orig", "package a; interface A {}"),
            file("docs/empty.md", "\n")),
        planted(DeadFiles.unusedTypes(), file(MAIN + "Unused.java", "package a; class Unused {}")),
        planted(
            WordRules.riddles(),
            file("README.md", "ask who" + "ever knows"),
            file("docs/a.md", "when nobody\nis inter" + "ested any more"),
            file("loadonce", "# " + "Dea" + "f to this"),
            file("proto/a.proto", "// 0s: ne" + "ver"),
            test("/** The abse" + "nce of a row. */ class A {}"),
            test("class A { // put\n // o" + "ff\n }"),
            test("class A { String a = \"the patie" + "nce\"; }")),
        planted(TextRules.unfinishedWork(), file("README.md", "TO" + "DO: write it")),
        planted(
            TextRules.registryHosts(),
            file("notes.md", "https://registry.npmjs" + ".org/buf"),
            file("settings.xml", "<url>https://repo.maven." + "apache.org/maven2</url>")),
        planted(
            TextRules.machinePaths(),
            file("run", "cd /wo" + "rk/main"),
            file("run", "JAVA_HOME=/ro" + "ot/jdk")),
        planted(
            ContainerRules.missingFiles(),
            file("Dockerfile", "COPY caller caller"),
            file("Dockerfile", "CMD [\"java\", \"@/opt/loadonce/deploy/no.options\"]")),
        planted(
            PomRules.unpinnedVersions(),
            file("pom.xml", pom("<plugin><artifactId>x</artifactId></plugin>")),
            file("pom.xml", pom(plugin("LATEST"))),
            file("pom.xml", pom("<properties><x.version>[1,)</x.version></properties>")),
            file("db/pom.xml", pom("<parent/><dependency><version>1</version></dependency>")),
            file("interop/pom.xml", pom("<plugin><artifactId>x</artifactId></plugin>"))));
  }

  private static Arguments planted(TidyRule rule, SourceFile... plants) {
    return argumentSet(rule.name(), rule, List.of(plants));
  }

  private static SourceFile java(String declaration) {
    return file(MAIN + "A.java", "package a; " + declaration);
  }

  private static SourceFile test(String declaration) {
    return file(TEST + "A.java", "package a; " + declaration);
  }

  private static SourceFile file(String path, String text) {
    return new SourceFile(path, text);
  }

  private static String pom(String content) {
    return "<project>" + content + "</project>";
  }

  private static String plugin(String version) {
    return "<plugin><artifactId>x</artifactId><version>" + version + "</version></plugin>";
  }
}

package io.loadonce.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DockerfileTest {

  @Test
  void dockerfile_asItIs_isSound() throws IOException {
    assertThat(violations(text())).isEmpty();
    assertThat(Dockerfile.parse(text()).copiedFromHere()).contains("pom.xml", "server");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          COPY client client     | COPY caller caller | COPY caller
          USER 10001:10001       | USER root          | runs as root
          loadonce-server-*.jar  | loadonce-srv-*.jar | no build makes /opt/loadonce/loadonce-server.jar
          loadonce-commands.jar", | client.jar",      | no build makes /opt/loadonce/client.jar
          ENTRYPOINT ["java",    | ENTRYPOINT java    | not java -jar in exec form
          ENTRYPOINT             | STARTPOINT         | not java -jar in exec form
          HEALTHCHECK            | HEALTH             | not java -jar in exec form
          --enable-native-access | --native-access    | without --enable-native-access
          EXPOSE 50051 9090      | EXPOSE 8080        | EXPOSE 8080
          =/opt/loadonce/loadonce-server.aot  | =/opt/server.aot   | without the AOT cache /opt/loadonce/loadonce-server.aot
          RUN sh                 | RUN #              | nobody makes
          NOTICE deploy/rehearse | NOTICE             | nobody makes
          -XX:+UseCompactObjectHeaders        | -Xmx1g             | no rehearsal has just the options
          """)
  void dockerfile_plantedMistake_isRed(String right, String wrong, String violation)
      throws IOException {
    assertThat(text()).contains(right);
    assertThat(violations(text().replace(right, wrong)))
        .isNotEmpty()
        .allSatisfy(found -> assertThat(found).contains(violation));
  }

  /** What the build copies is let through to the engine. */
  @Test
  void dockerignore_copiedFiles_areLetThrough() throws IOException {
    String ignored = Files.readString(SourceTree.root().resolve(".dockerignore"));
    assertThat(ignored.lines())
        .contains("*")
        .containsAll(
            Dockerfile.parse(text()).copiedFromHere().stream()
                .map(source -> "!" + source)
                .toList());
  }

  private static String text() throws IOException {
    return Files.readString(SourceTree.root().resolve("Dockerfile"));
  }

  private static List<String> violations(String text) throws IOException {
    return Dockerfile.parse(text).violations(SourceTree.root(), jvmArguments());
  }

  private static List<String> jvmArguments() throws IOException {
    String parent = Files.readString(SourceTree.root().resolve("pom.xml"));
    Matcher matcher = Pattern.compile("<jvm.arguments>(.*)</jvm.arguments>").matcher(parent);
    assertThat(matcher.find()).isTrue();
    return Arrays.asList(matcher.group(1).split(" "));
  }
}

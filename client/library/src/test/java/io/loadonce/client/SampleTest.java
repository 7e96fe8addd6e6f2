package io.loadonce.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The sample in the Javadoc of {@link ResourceClient} is the code below, which compiles and runs.
 */
class SampleTest {

  private static final String HERE = "src/test/java/io/loadonce/client/SampleTest.java";
  private static final String CLIENT = "src/main/java/io/loadonce/client/ResourceClient.java";

  @Test
  void sample_asInTheJavadoc_printsTheName() throws IOException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream old = System.out;
    System.setOut(new PrintStream(printed, /* autoFlush= */ true, StandardCharsets.UTF_8));
    try (FakeServer server = new FakeServer()) {
      sample(server.target());
    } finally {
      System.setOut(old);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .isEqualTo("Paris" + System.lineSeparator());
  }

  @Test
  void javadoc_sample_isTheCodeThatRuns() throws IOException {
    String code = between(HERE, "// sample begins\n", "    // sample ends");
    String javadoc = between(CLIENT, "<pre>{@code\n", " * }</pre>").replaceAll("(?m)^ \\* ", "");

    assertThat(code.replaceAll("(?m)^    ", "").replace("(target)", "(\"127.0.0.1:50051\")"))
        .isEqualTo(javadoc);
  }

  private static void sample(String target) {
    // sample begins
    try (ResourceClient client = ResourceClient.open(target)) {
      if (client.get("2988507") instanceof GetResult.Found city) {
        System.out.println(city.data().getFieldsOrThrow("name").getStringValue());
      }
    }
    // sample ends
  }

  private static String between(String file, String start, String end) throws IOException {
    String text = Files.readString(Path.of(file));
    int from = text.lastIndexOf(start) + start.length();
    return text.substring(from, text.indexOf(end, from));
  }
}

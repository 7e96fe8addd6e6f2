package io.loadonce.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Channel;
import io.loadonce.db.CountedDatabase;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.Resource;
import io.loadonce.v1.ResourceServiceGrpc;
import io.loadonce.v1.ResourceServiceGrpc.ResourceServiceBlockingStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The README's lines of Java and its command for another table are run here. */
@Timeout(60)
class ReadmeTest {

  private static final Path README = Path.of("..", "README.md");
  private static final Path THIS_TEST =
      Path.of("src", "test", "java", "io", "loadonce", "server", "ReadmeTest.java");
  private static final Pattern JAVA = Pattern.compile("(?s)```java\n(.*?)```");
  private static final String ANOTHER_TABLE = "./loadonce serve --db-url";

  @Test
  void get_withTheCommandsOfTheReadme_isParis() throws IOException {
    assertThat(withoutIndent(Files.readString(THIS_TEST))).contains(javaOf(README));
    try (RunningService service = RunningService.with(Map.of())) {
      Channel channel = service.channel();

      GetRequest request = GetRequest.newBuilder().setId("2988507").build();
      ResourceServiceBlockingStub loadonce = ResourceServiceGrpc.newBlockingStub(channel);
      Resource row = loadonce.withDeadlineAfter(2, SECONDS).get(request).getResource();
      String name = row.getData().getFieldsOrThrow("name").getStringValue();

      assertThat(name).isEqualTo("Paris");
    }
  }

  @Test
  void serve_anotherTable_answersAsInTheReadme(@TempDir Path directory) throws Exception {
    Map<String, String> flags = anotherTable();
    assertThat(flags).containsKeys("--db-user", "--db-password-file", "--version-column");
    Path password = Files.writeString(directory.resolve("password"), "not asked for");
    try (CountedDatabase database = CountedDatabase.postgres()) {
      database.execute(
          "CREATE TABLE product (sku text PRIMARY KEY, price numeric, version bigint)");
      database.execute("INSERT INTO product VALUES ('tea-1', 4.20, 7)");
      flags.put("--db-url", database.url());
      flags.put("--db-user", database.user());
      flags.put("--db-password-file", password.toString());
      try (RunningService service = RunningService.with(flags)) {
        GetRequest request = GetRequest.newBuilder().setId("tea-1").setMinVersion(7).build();
        Resource product = service.stub().get(request).getResource();
        assertThat(product.getVersion()).isEqualTo(7);
        assertThat(product.getData().getFieldsOrThrow("price").getStringValue()).isEqualTo("4.20");
      }
    }
  }

  /** The flags of the README's command. */
  private static Map<String, String> anotherTable() throws IOException {
    String page = Files.readString(README).replaceAll("\\\\\n\\s*", " ");
    String command =
        page.lines().filter(line -> line.startsWith(ANOTHER_TABLE)).findFirst().orElseThrow();
    Map<String, String> flags = new HashMap<>();
    Matcher flag = Pattern.compile("(--[a-z-]+) +(?:\"([^\"]*)\"|(\\S+))").matcher(command);
    while (flag.find()) {
      String quoted = flag.group(2);
      flags.put(flag.group(1), quoted == null ? flag.group(3) : quoted);
    }
    return flags;
  }

  /** The one block of Java in a page. */
  private static String javaOf(Path page) throws IOException {
    MatchResult block = JAVA.matcher(Files.readString(page)).results().findFirst().orElseThrow();
    return withoutIndent(block.group(1));
  }

  private static String withoutIndent(String lines) {
    return lines.replaceAll("(?m)^ +", "");
  }
}

package io.loadonce.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.client.FakeServer;
import io.loadonce.commands.load.record.RunFixture;
import io.loadonce.commands.load.record.RunJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each command of {@code docs/load.md} is run, for a shorter time and with fewer calls. */
class LoadPageTest {

  private static final Path PAGE = Path.of("..", "..", "docs", "load.md");
  private static final Path TYPES =
      Path.of("..", "..", "proto", "target", "descriptors", "loadonce", "v1", "loadonce.binpb");
  private static final Pattern COMMAND = Pattern.compile("(?m)^\\./loadonce (load .*)$");
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");
  private static final Pattern FILE = Pattern.compile("\\b\\w+\\.(json|csv|html|binpb)\\b");
  private static final Pattern SECONDS = Pattern.compile("\\b\\d+s\\b");

  @TempDir private Path directory;

  @Test
  void page_itsCommands_run() throws IOException {
    String page = Files.readString(PAGE).replaceAll("\\\\\\n\\s*", "");
    List<String> commands = COMMAND.matcher(page).results().map(each -> each.group(1)).toList();
    assertThat(commands).hasSizeGreaterThanOrEqualTo(8);
    Files.writeString(
        directory.resolve("a.json"), RunJson.write(RunFixture.run(2, 1, 20, 0, List.of())));
    Files.writeString(
        directory.resolve("b.json"), RunJson.write(RunFixture.run(2, 2, 20, 0, List.of())));
    Files.writeString(directory.resolve("request.json"), "{\"id\": \"{{id}}\"}");
    Files.copy(TYPES, directory.resolve("loadonce.binpb"));
    try (FakeServer first = new FakeServer();
        FakeServer second = new FakeServer();
        FakeAdmin admin = new FakeAdmin()) {
      for (String command : commands) {
        String shorter =
            SECONDS
                .matcher(command)
                .replaceAll("200ms")
                .replaceAll("--count \\d+", "--count 200")
                .replace(":9464", ":0")
                .replace("http://a:50080", admin.url())
                .replace("http://b:50080", admin.url())
                .replace("a:50051", first.target())
                .replace("b:50051", second.target());
        shorter = FILE.matcher(shorter).replaceAll(file -> directory + "/" + file.group());
        CommandRun run = run(shorter, first.target(), admin.url());
        assertThat(run.exitCode()).as(command + "\n" + run.err()).isIn(0, 3);
        if (!command.startsWith("load merge")) {
          assertThat(run.out()).as(command).containsAnyOf("succeeded |", "no difference");
        }
      }
      assertThat(directory).isDirectoryContaining("glob:**both.html");
      assertThat(run("load --count 9 --nonsense", first.target(), admin.url()).exitCode())
          .isEqualTo(Main.USAGE);
    }
  }

  private static CommandRun run(String command, String target, String admin) {
    return CommandRun.with(
        Map.of("LOADONCE_TARGET", target, "LOADONCE_ADMIN", admin, "LOADONCE_WARM_UP", "0s"),
        words(command));
  }

  private static String[] words(String command) {
    return WORD.matcher(command).results().flatMap(LoadPageTest::text).toArray(String[]::new);
  }

  private static Stream<String> text(MatchResult word) {
    return Stream.of(word.group(1), word.group(2), word.group(3)).filter(Objects::nonNull);
  }
}

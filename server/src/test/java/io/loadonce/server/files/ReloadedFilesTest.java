package io.loadonce.server.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.loadonce.db.InvalidSettingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Two files that belong together; a content with the word broken is wrong. */
class ReloadedFilesTest {

  private final Logger logger = (Logger) LoggerFactory.getLogger(ReloadedFiles.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final List<String> used = new ArrayList<>();
  private String mistake = "broken";

  @TempDir private Path folder;
  private Path first;
  private Path second;

  @BeforeEach
  void start() throws IOException {
    first = Files.writeString(folder.resolve("first"), "a");
    second = Files.writeString(folder.resolve("second"), "b");
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(log);
  }

  @Test
  void reload_nothingHasChanged_usesNothing() throws IOException {
    ReloadedFiles files = load();
    Files.setLastModifiedTime(first, FileTime.fromMillis(0));

    files.reload();

    assertThat(used).containsExactly("ab");
    assertThat(log.list).isEmpty();
  }

  @Test
  void reload_onlyTheSecondChanges_usesBoth() throws IOException {
    ReloadedFiles files = load();
    FileTime time = Files.getLastModifiedTime(second);
    Files.writeString(second, "c");
    Files.setLastModifiedTime(second, time);

    files.reload();

    assertThat(used).containsExactly("ab", "ac");
    assertThat(messages())
        .containsExactly(first + ", " + second + " changed; the new content is in use");
  }

  @Test
  void reload_contentIsWrong_keepsTheOldAndSaysSoOnce() throws IOException {
    ReloadedFiles files = load();
    Files.writeString(first, "broken");

    files.reload();
    files.reload();

    assertThat(used).containsExactly("ab");
    assertThat(messages())
        .containsExactly(
            "first-key: is broken; it is '%s'; the content that was read before stays in use"
                .formatted(first));
  }

  @Test
  void reload_contentIsWrongAgain_saysSoAgain() throws IOException {
    ReloadedFiles files = load();
    Files.writeString(first, "broken");
    files.reload();
    Files.writeString(first, "a");
    files.reload();
    assertThat(used).as("the content in use").containsExactly("ab");
    Files.writeString(first, "broken");
    files.reload();

    assertThat(messages()).hasSize(2);
  }

  /** Such as a certificate that is not valid yet. */
  @Test
  void reload_sameContentBecomesRight_isUsed() throws IOException {
    ReloadedFiles files = load();
    Files.writeString(first, "broken");
    files.reload();
    mistake = "nothing is wrong any more";
    files.reload();

    assertThat(used).containsExactly("ab", "brokenb");
  }

  @Test
  void reload_fileIsMissingForATime_keepsTheOldAndSaysSoOnce() throws IOException {
    ReloadedFiles files = load();
    Files.delete(second);

    files.reload();
    files.reload();
    Files.writeString(second, "d");
    files.reload();

    assertThat(used).containsExactly("ab", "ad");
    assertThat(messages())
        .containsExactly(
            "second-key: cannot be read (there is no such file); it is '%s'; the content that was"
                    .formatted(second)
                + " read before stays in use",
            first + ", " + second + " changed; the new content is in use");
  }

  @Test
  void load_contentIsWrong_isRefused() throws IOException {
    Files.writeString(first, "broken");

    assertThatThrownBy(this::load)
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage("first-key: is broken; it is '%s'", first);
  }

  @Test
  void read_fileIsTooLarge_isRefused() throws IOException {
    Files.write(first, new byte[SettingFile.MAX_BYTES + 1]);

    assertThatThrownBy(this::load)
        .hasMessage("first-key: the file must not be larger than 1048576 bytes; it is '%s'", first);
  }

  private ReloadedFiles load() {
    SettingFile one = new SettingFile("first-key", first.toString());
    return ReloadedFiles.load(
        List.of(one, new SettingFile("second-key", second.toString())),
        contents -> {
          String text =
              new String(contents.get(0), StandardCharsets.UTF_8)
                  + new String(contents.get(1), StandardCharsets.UTF_8);
          if (text.contains(mistake)) {
            throw one.wrong("is broken");
          }
          used.add(text);
        });
  }

  private List<String> messages() {
    return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}

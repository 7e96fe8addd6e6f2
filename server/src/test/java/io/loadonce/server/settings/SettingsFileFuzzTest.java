package io.loadonce.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.loadonce.db.InvalidSettingException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/** Files of settings: YAML if the first byte is even, properties otherwise. */
class SettingsFileFuzzTest {

  private static final long HEAP = 1L << 30;

  @TempDir static Path directory;

  @FuzzTest
  void read_anyFile_isSettingsOrProblems(byte[] input) throws IOException {
    if (input.length == 0) {
      return;
    }
    Path file = directory.resolve((input[0] & 1) == 0 ? "a.yaml" : "a.properties");
    Files.write(file, Arrays.copyOfRange(input, 1, input.length));
    SettingTexts texts = texts(file);
    Settings settings = texts == null ? null : settings(texts);
    if (texts == null || settings == null) {
      return;
    }
    // What --print-config prints are the same settings.
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    new ConfigPage(texts, settings)
        .print(new PrintStream(page, /* autoFlush= */ true, StandardCharsets.UTF_8));
    Path printed = Files.write(directory.resolve("printed.yaml"), page.toByteArray());
    SettingTexts again = texts(printed);
    assertThat(again).as("%s", page).isNotNull();
    if (again != null) {
      assertThat(settings(again)).as("%s", page).isEqualTo(settings);
    }
  }

  private static @Nullable SettingTexts texts(Path file) {
    try {
      return SettingTexts.choose(Map.of(SettingTexts.CONFIG_FLAG, file.toString()), Map.of());
    } catch (InvalidSettingException | InvalidConfigException _) {
      return null;
    }
  }

  private static @Nullable Settings settings(SettingTexts texts) {
    try {
      return Settings.of(texts, HEAP);
    } catch (InvalidSettingException | InvalidConfigException _) {
      return null;
    }
  }
}

package io.loadonce.commands.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdPoolTest {

  @TempDir private Path folder;

  @Test
  void parse_range_hasBothEnds() {
    assertThat(IdPool.parse("8..11")).containsExactly("8", "9", "10", "11");
  }

  @Test
  void parse_list_keepsItsOrder() {
    assertThat(IdPool.parse("b, a,c")).containsExactly("b", "a", "c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",", "9..8", "0..100000000"})
  void parse_nothingOrTooMuch_isRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> IdPool.parse(text));
  }

  @Test
  void read_csv_takesTheFirstColumnWithoutTheHeader() throws IOException {
    Path file = folder.resolve("cities.csv");
    Files.writeString(file, "id,name\n10570,Alvand\n\"14256\",\"x,y\"\n");

    assertThat(IdPool.read(file)).containsExactly("10570", "14256");
  }

  @Test
  void read_otherFile_takesOneIdALine() throws IOException {
    Path file = folder.resolve("ids.txt");
    Files.writeString(file, "a,b\n\nc\n");

    assertThat(IdPool.read(file)).containsExactly("a,b", "c");
  }

  @Test
  void read_fileIsNotUtf8_saysWhich() throws IOException {
    Path file = folder.resolve("latin.txt");
    Files.write(file, new byte[] {'Z', (byte) 0xfc, '\n'});

    assertThatIllegalArgumentException()
        .isThrownBy(() -> IdPool.read(file))
        .withMessage("the file " + file + " is not text in UTF-8, so no ids can be read");
  }

  @Test
  void read_noFile_saysWhich() {
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> IdPool.read(folder.resolve("none.txt")))
        .withMessageContaining("none.txt");
  }
}

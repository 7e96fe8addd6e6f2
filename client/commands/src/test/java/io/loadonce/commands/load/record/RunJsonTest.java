package io.loadonce.commands.load.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunJsonTest {

  @TempDir private Path directory;

  @Test
  void read_whatWasWritten_isTheSameRun() throws Exception {
    RunRecord run = RunFixture.run(2, 7);

    Path file = Files.writeString(directory.resolve("a.json"), RunJson.write(run));

    assertThat(RunJson.read(file)).isEqualTo(run);
    assertThat(file).content().contains("\"p99.99_ms\":", "\"hdr\":", "\"2026-11-28T06:00:00Z\"");
  }

  @Test
  void histogram_ofASecond_isWithinOnePercent() {
    RunRecord run = RunFixture.run(2, 7);

    Histogram all = HistogramText.coarse();
    run.seconds().forEach(each -> all.add(each.histogram()));

    assertThat(all.getTotalCount()).isEqualTo(9_900);
    assertThat(HistogramText.millis(all, 99))
        .isCloseTo(HistogramText.millis(run.succeeded(), 99), within(0.05));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          {}                                   | it has no 'format'
          []                                   | it is not a JSON object
          PNG                                  | it is not a JSON object
          {"format":2}                         | its format is 2 but must be 1
          {"format":1}                         | it has no 'drivers'
          {"format":1,"drivers":[]}            | it has no 'succeeded'
          {"format":1,"succeeded":{"hdr":"?"}} | a histogram is damaged
          {"format":1,"drivers":7}             | BEGIN_ARRAY
          """)
  void read_otherText_saysThatItIsNotARun(String text, String why) throws Exception {
    Path file = Files.writeString(directory.resolve("b.json"), text);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> RunJson.read(file))
        .satisfies(each -> assertThat(each).message().hasLineCount(1))
        .withMessageStartingWith(file + " is not a run that 'load --out FILE.json' has written: ")
        .withMessageContaining(why);
  }

  @Test
  void read_noFile_saysSo() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RunJson.read(Path.of("absent.json")))
        .withMessage("the file absent.json cannot be read");
  }
}

package io.loadonce.bench.reliability.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FootprintTest {

  private static final Footprint BEFORE = new Footprint(20 << 20, 40, 60, 0, 0);

  @Test
  void usedBytes_garbageFirst_areThoseOfTheHeapOnly() {
    assertThat(
            Footprint.usedBytes(
                """
                123:
                 garbage-first heap   total reserved 131072K, committed 65536K, used 14336K [0x1, 0x2)
                  region size 1M, 3 eden (3M), 1 survivor (1M)
                 Metaspace       used 45678K, committed 46000K, reserved 1114112K
                  class space    used 5678K, committed 6000K, reserved 1048576K
                """))
        .isEqualTo(14_336 << 10);
  }

  @Test
  void usedBytes_serial_areThoseOfBothGenerations() {
    assertThat(
            Footprint.usedBytes(
                """
                123:
                 def new generation   total 39296K, used 1000K [0x1, 0x2, 0x3)
                  eden space 34944K,   2% used [0x1, 0x2, 0x3)
                 tenured generation   total 87424K, used 7000K [0x1, 0x2, 0x3)
                   the space 87424K,   8% used [0x1, 0x2, 0x3)
                 Metaspace       used 45678K, committed 46000K, reserved 1114112K
                """))
        .isEqualTo(8_000 << 10);
  }

  @Test
  void usedBytes_otherText_isAnError() {
    assertThatThrownBy(() -> Footprint.usedBytes("123:\n Metaspace used 1K"))
        .hasMessageStartingWith("no used bytes in: 123:");
  }

  @ParameterizedTest
  @CsvSource({
    "28, 48, 68, 0, 0, true",
    "29, 40, 60, 0, 0, false",
    "20, 49, 60, 0, 0, false",
    "20, 40, 69, 0, 0, false",
    "20, 40, 60, 1, 0, false",
    "20, 40, 60, 0, 1, false",
    "10, 30, 50, 0, 0, true"
  })
  void isBackTo_eachQuantity_hasItsMargin(
      long heapMib, int threads, int files, long flights, long statements, boolean isBack) {
    Footprint after = new Footprint(heapMib << 20, threads, files, flights, statements);

    assertThat(after.isBackTo(BEFORE)).isEqualTo(isBack);
  }
}

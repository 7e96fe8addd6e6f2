package io.loadonce.bench.speed.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.bench.speed.memory.MemoryProbe.Seen;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryTableTest {

  @Test
  void of_rowOverItsBound_isMarkedNo() {
    assertThat(MemoryTable.of(List.of(new Seen(1_000, 457, 200, 5e6, 300)))).contains("NO");
    assertThat(MemoryTable.of(List.of(new Seen(1_000, 455, 200, 5e6, 300))))
        .contains("yes")
        .doesNotContain("NO");
  }
}

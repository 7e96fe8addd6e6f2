package io.loadonce.bench.speed.contender;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WithoutLoadOnceTest {

  @Test
  void compile_sourceOfToday_hasThePlaceOfTheBug(@TempDir Path directory) throws Exception {
    var _ = WithoutLoadOnce.compile(directory);

    assertThat(directory.resolve("io/loadonce/server/lock/Segment.class")).exists();
  }
}

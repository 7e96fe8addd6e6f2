package io.loadonce.db.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ColumnLabelsTest {

  @Test
  void indexOf_exactNameAfterAnotherCase_isTheExactOne() {
    ColumnLabels labels = new ColumnLabels(List.of("ID", "id", "Sku"));

    assertThat(labels.indexOf("id")).isEqualTo(2);
    assertThat(labels.indexOf("sku")).isEqualTo(3);
    assertThat(labels.indexOf("Id")).isEqualTo(1);
    assertThat(labels.indexOf("name")).isZero();
  }
}

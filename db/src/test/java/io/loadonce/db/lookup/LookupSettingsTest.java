package io.loadonce.db.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.db.InvalidSettingException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class LookupSettingsTest {

  private static final String QUERY = "SELECT id, name FROM city WHERE id IN (:ids)";
  private static final LookupSettings CITY = LookupSettings.of(QUERY);

  @Test
  void of_limits_areTheDefaults() {
    assertThat(CITY)
        .isEqualTo(
            new LookupSettings(
                "default",
                SelectByIds.parse(QUERY),
                KeyColumns.of("id", KeyType.BIGINT),
                Rows.ONE,
                /* versionColumn= */ null,
                /* maxIdsPerQuery= */ 256,
                /* maxRows= */ 1_000,
                /* maxRowBytes= */ 1_048_576));
  }

  @Test
  void new_valueOutOfRange_namesTheKey() {
    assertRefused(
        () -> CITY.withMaxIdsPerQuery(257), "max-ids-per-query: must be 1 to 256, not 257");
    assertRefused(() -> CITY.withMaxRowBytes(-1), "max-row-bytes: must be 1 to 67108864, not -1");
    assertRefused(
        () -> CITY.withKey(" ", KeyType.TEXT), "key-column: must not be empty; name a column");
    assertRefused(
        () -> CITY.withVersionColumn(""), "version-column: must not be empty; name a column");
  }

  private static void assertRefused(ThrowingCallable settings, String message) {
    assertThatThrownBy(settings)
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith(message);
  }
}

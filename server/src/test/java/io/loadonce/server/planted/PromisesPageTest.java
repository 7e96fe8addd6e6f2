package io.loadonce.server.planted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.loadonce.server.DocTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.commons.support.ReflectionSupport;

/** {@code docs/promises.md} says what the data say; it is made so with {@code -Ddocs=write}. */
class PromisesPageTest {
  private static final Path PAGE = Path.of("..", "docs", "promises.md");

  @Test
  void page_tables_areThoseOfTheData() throws IOException {
    String page = Files.readString(PAGE);
    String right = bugs().putInto(promises().putInto(page));
    if ("write".equals(System.getProperty("docs"))) {
      Files.writeString(PAGE, right);
      return;
    }
    assertThat(page).as("run with -Ddocs=write").isEqualTo(right);
  }

  @Test
  void promise_withoutAPlantedBug_saysWhatIsNotProved() {
    List<String> broken = PlantedBugs.all().stream().map(PlantedBug::promise).toList();
    assertThat(PlantedBugs.promises())
        .filteredOn(promise -> !broken.contains(promise.name()))
        .allSatisfy(promise -> assertThat(promise.gap()).as(promise.name()).isNotEmpty());
  }

  @Test
  void promises_ofAllBugs_areDefined() {
    List<String> names = PlantedBugs.promises().stream().map(Promise::name).toList();
    assertThat(names).doesNotHaveDuplicates();
    assertThat(names).containsAll(PlantedBugs.all().stream().map(PlantedBug::promise).toList());
  }

  /** A file that no class runs would prove nothing. */
  @Test
  void files_all_haveATestClass() {
    for (String file : PlantedBugs.files()) {
      String name = file.replace(".txt", "");
      String type =
          "%s.%s%sBugsTest"
              .formatted(
                  PlantedBugs.class.getPackageName(),
                  name.substring(0, 1).toUpperCase(Locale.ROOT),
                  name.substring(1));
      assertThatCode(() -> assertThat(bugsOf(type)).isEqualTo(PlantedBugs.of(file)))
          .as(file)
          .doesNotThrowAnyException();
    }
  }

  private static Object bugsOf(String type) throws ReflectiveOperationException {
    return Objects.requireNonNull(Class.forName(type).getDeclaredMethod("bugs").invoke(null));
  }

  @ParameterizedTest
  @MethodSource("checks")
  void check_ofAPromise_isThere(String check) {
    assertThatCode(() -> requireThere(check)).doesNotThrowAnyException();
  }

  static Stream<String> checks() {
    return PlantedBugs.promises().stream().flatMap(promise -> promise.checks().stream()).distinct();
  }

  private static void requireThere(String check) throws ClassNotFoundException {
    String[] parts = check.split("#", 2);
    Class<?> type = Class.forName(parts[0]);
    if (parts.length == 2) {
      assertThat(ReflectionSupport.findMethod(type, parts[1], new Class<?>[0])).isPresent();
    }
  }

  private static DocTable promises() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("promise", "what it says", "other checks", "not proved"));
    for (Promise promise : PlantedBugs.promises()) {
      String checks =
          promise.checks().stream().map(PromisesPageTest::code).collect(Collectors.joining("<br>"));
      rows.add(List.of(promise.name(), promise.text(), checks, promise.gap()));
    }
    return new DocTable("promises", rows);
  }

  private static DocTable bugs() {
    List<PlantedBug> bugs = PlantedBugs.all();
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("promise", "planted bug", "the check that it turns red"));
    for (Promise promise : PlantedBugs.promises()) {
      bugs.stream()
          .filter(bug -> bug.promise().equals(promise.name()))
          .forEach(bug -> rows.add(List.of(bug.promise(), bug.name(), code(bug.check()))));
    }
    return new DocTable("planted-bugs", rows);
  }

  /** The class and the method, without the package. */
  private static String code(String check) {
    String type = check.split("#", 2)[0];
    return "`" + check.substring(type.lastIndexOf('.') + 1) + "`";
  }
}

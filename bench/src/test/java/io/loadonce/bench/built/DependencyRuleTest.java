package io.loadonce.bench.built;

import static io.loadonce.bench.built.PlantedClasses.planted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.loadonce.house.SourceFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The rooms see each other as the design says, and each rule can be broken. */
@Tag("slow")
class DependencyRuleTest {

  /** The jar of a module's tests, which ArchUnit does not take for one. */
  private static final Pattern TEST_JAR = Pattern.compile(".*-tests\\.jar!.*");

  /**
   * The classes of all modules, from wherever this build has put them; tests are not among them.
   */
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.matches(TEST_JAR))
          .importPackages("io.loadonce");

  @ParameterizedTest
  @MethodSource("rules")
  void tree_asItIs_keepsTheRule(DependencyRule rule, SourceFile plant) {
    assertThat(rule.violations(OURS)).isEmpty();
  }

  @Test
  void rule_cleanRooms_isGreen(@TempDir Path directory) throws IOException {
    JavaClasses clean = PlantedClasses.cleanAnd(directory);
    rules()
        .map(arguments -> (DependencyRule) arguments.get()[0])
        .forEach(rule -> assertThat(rule.violations(clean)).as(rule.name()).isEmpty());
  }

  @ParameterizedTest
  @MethodSource("rules")
  void rule_plantedViolation_isRed(DependencyRule rule, SourceFile plant, @TempDir Path directory)
      throws IOException {
    assertThat(rule.violations(PlantedClasses.cleanAnd(directory, plant)))
        .isNotEmpty()
        .allSatisfy(violation -> assertThat(violation).contains("." + plant.stem()));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void rule_noClass_isRed(DependencyRule rule, SourceFile plant) {
    JavaClasses nothing = new ClassFileImporter().importPackages("io.loadonce.nowhere");
    assertThat(rule.violations(nothing))
        .hasSameSizeAs(rule.rooms())
        .allMatch(violation -> violation.endsWith("looked at nothing"));
  }

  static Stream<Arguments> rules() {
    return Stream.of(
        with(
            DependencyRules.requestGoesThroughLoad(),
            planted("io.loadonce.server.request", "Plant", "io.loadonce.server.cache.Memory m;")),
        with(
            DependencyRules.requestGoesThroughLoad(),
            planted("io.loadonce.server.request", "Plant", "io.loadonce.server.lock.Segments s;")),
        with(
            DependencyRules.loadLooksDown(),
            planted("io.loadonce.server.load", "Plant", "io.loadonce.server.request.Endpoint e;")),
        with(
            DependencyRules.loadSeesOnlyTheSource(),
            planted("io.loadonce.server.load", "Plant", "io.loadonce.db.Rows rows;")),
        with(
            DependencyRules.cacheIsPlain(),
            planted("io.loadonce.server.cache", "Plant", "io.loadonce.db.Rows rows;")),
        with(
            DependencyRules.lockIsPlain(),
            planted("io.loadonce.server.lock", "Plant", "io.loadonce.server.cache.Memory m;")),
        with(
            DependencyRules.onlyDbSeesSql(),
            planted("io.loadonce.server.load", "Plant", "java.sql.ResultSet rows;")),
        with(
            DependencyRules.onlyDbSeesSql(),
            planted("io.loadonce.client", "Plant", "javax.sql.DataSource source;")),
        with(
            DependencyRules.onlyTierSeesRedis(),
            planted("io.loadonce.server.load", "Plant", "redis.clients.jedis.Jedis redis;")),
        with(
            DependencyRules.onlyTracesSeesOpenTelemetry(),
            planted("io.loadonce.server.load", "Plant", "io.opentelemetry.api.trace.Span span;")),
        with(
            DependencyRules.onlyEdgesSeeGrpc(),
            planted("io.loadonce.server.load", "Plant", "io.grpc.Context context;")),
        with(
            DependencyRules.onlyEdgesSeeGrpc(),
            planted("io.loadonce.server.changes", "Plant", "io.grpc.stub.StreamObserver<?> o;")),
        with(
            DependencyRules.nobodySeesMain(),
            planted("io.loadonce.server.ports", "Plant", "io.loadonce.server.Main main;")),
        with(
            DependencyRules.dbSeesNothingAbove(),
            planted("io.loadonce.db", "Plant", "io.loadonce.server.cache.Memory memory;")),
        with(
            DependencyRules.nobodyReadsTheWallClock(),
            planted("io.loadonce.server.load", "Plant", "long now = System.currentTimeMillis();")),
        with(
            DependencyRules.nobodyReadsTheWallClock(),
            planted("io.loadonce.server.lock", "Plant", "Object now = java.time.Instant.now();")),
        with(
            DependencyRules.dbHasNoCircle(),
            planted("io.loadonce.db.source", "Plant", "io.loadonce.db.Rows rows;")),
        with(
            DependencyRules.serverHasNoCircle(),
            planted("io.loadonce.server.cache", "Plant", "io.loadonce.server.load.Once once;")),
        with(
            DependencyRules.serverHasNoCircle(),
            planted("io.loadonce.server.request", "Plant", "io.loadonce.server.Main main;")),
        with(
            DependencyRules.nobodyReadsTheWallClock(),
            planted("io.loadonce.server.changes", "Plant", "java.time.Clock clock;")));
  }

  private static Arguments with(DependencyRule rule, SourceFile plant) {
    return argumentSet(rule.name() + " / " + plant.path(), rule, plant);
  }
}

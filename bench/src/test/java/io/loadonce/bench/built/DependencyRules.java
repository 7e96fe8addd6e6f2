package io.loadonce.bench.built;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.Set;

/**
 * The way of a request, as a rule: {@code request -> load -> {cache, lock, db}}, and who may see
 * what of the world outside.
 *
 * <p>Tests may see everything. So may bench, which proves things about all rooms.
 */
final class DependencyRules {

  private static final String DB = "io.loadonce.db";
  private static final String SERVER = "io.loadonce.server";
  private static final String CLIENT = "io.loadonce.client";
  private static final String COMMANDS = "io.loadonce.commands";
  private static final String BENCH = "io.loadonce.bench";
  private static final String STUBS = "io.loadonce.v1";

  private static final String REQUEST = SERVER + ".request";
  private static final String LOAD = SERVER + ".load";
  private static final String CACHE = SERVER + ".cache";
  private static final String LOCK = SERVER + ".lock";
  private static final String PORTS = SERVER + ".ports";
  private static final String CHANGES = SERVER + ".changes";
  private static final String TIER = SERVER + ".tier";
  private static final String TRACES = SERVER + ".traces";

  private static final Set<String> WALL_CLOCK =
      Set.of(
          "java.lang.System.currentTimeMillis",
          "java.time.Instant.now",
          "java.time.LocalDateTime.now",
          "java.time.OffsetDateTime.now",
          "java.time.ZonedDateTime.now");

  private static final DescribedPredicate<JavaClass> MAIN =
      DescribedPredicate.describe(
          "a Main", type -> type.getName().matches("io\\.loadonce\\..*Main(\\$.*)?"));

  private DependencyRules() {}

  static DependencyRule requestGoesThroughLoad() {
    return new DependencyRule(
        "request sees load, and neither cache nor lock",
        List.of(REQUEST, CACHE, LOCK),
        noClasses()
            .that()
            .resideInAPackage(REQUEST + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CACHE + "..", LOCK + ".."));
  }

  static DependencyRule loadLooksDown() {
    return new DependencyRule(
        "of the server, load sees cache and lock only",
        List.of(LOAD),
        noClasses()
            .that()
            .resideInAPackage(LOAD + "..")
            .should()
            .dependOnClassesThat(
                DescribedPredicate.describe(
                    "are in another room of the server",
                    type ->
                        isIn(SERVER, type)
                            && !isIn(LOAD, type)
                            && !isIn(CACHE, type)
                            && !isIn(LOCK, type))));
  }

  static DependencyRule loadSeesOnlyTheSource() {
    return new DependencyRule(
        "of db, load sees source only",
        List.of(LOAD, DB),
        noClasses()
            .that()
            .resideInAPackage(LOAD + "..")
            .should()
            .dependOnClassesThat(
                DescribedPredicate.describe(
                    "are in another room of db",
                    type -> isIn(DB, type) && !isIn(DB + ".source", type))));
  }

  static DependencyRule cacheIsPlain() {
    return plain("cache sees the JDK, annotations and Caffeine only", CACHE);
  }

  static DependencyRule lockIsPlain() {
    return plain("lock sees the JDK, annotations and Caffeine only", LOCK);
  }

  static DependencyRule onlyDbSeesSql() {
    return new DependencyRule(
        "only db sees java.sql",
        List.of(DB, SERVER, CLIENT, COMMANDS),
        noClasses()
            .that()
            .resideOutsideOfPackages(DB + "..", BENCH + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "javax.sql.."));
  }

  static DependencyRule onlyTierSeesRedis() {
    return new DependencyRule(
        "only tier sees the library of Redis",
        List.of(DB, SERVER, TIER, CLIENT, COMMANDS),
        noClasses()
            .that()
            .resideOutsideOfPackages(TIER + "..", BENCH + "..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("redis.clients.."));
  }

  static DependencyRule onlyTracesSeesOpenTelemetry() {
    return new DependencyRule(
        "only traces sees OpenTelemetry",
        List.of(DB, SERVER, TRACES, CLIENT, COMMANDS),
        noClasses()
            .that()
            .resideOutsideOfPackages(TRACES + "..", BENCH + "..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.opentelemetry.."));
  }

  static DependencyRule onlyEdgesSeeGrpc() {
    return new DependencyRule(
        "only request, ports, traces, the wiring of the server, client and commands see io.grpc",
        List.of(DB, LOAD, CACHE, LOCK, REQUEST, CLIENT, COMMANDS),
        noClasses()
            .that()
            .resideOutsideOfPackages(
                REQUEST + "..",
                PORTS + "..",
                TRACES + "..",
                SERVER,
                CLIENT + "..",
                COMMANDS + "..",
                STUBS + "..",
                BENCH + "..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.grpc.."));
  }

  static DependencyRule nobodySeesMain() {
    return new DependencyRule(
        "nobody sees Main",
        List.of(SERVER, COMMANDS),
        noClasses().that(DescribedPredicate.not(MAIN)).should().dependOnClassesThat(MAIN));
  }

  static DependencyRule dbSeesNothingAbove() {
    return new DependencyRule(
        "db sees nothing above it",
        List.of(DB),
        noClasses()
            .that()
            .resideInAPackage(DB + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                SERVER + "..", CLIENT + "..", COMMANDS + "..", BENCH + "..", STUBS + ".."));
  }

  /** Times are differences of {@code System.nanoTime()}, so a clock that is set changes nothing. */
  static DependencyRule nobodyReadsTheWallClock() {
    return new DependencyRule(
        "cache, lock, load and changes do not read the wall clock",
        List.of(CACHE, LOCK, LOAD, CHANGES),
        noClasses()
            .that()
            .resideInAnyPackage(CACHE + "..", LOCK + "..", LOAD + "..", CHANGES + "..")
            .should()
            .callMethodWhere(
                DescribedPredicate.describe(
                    "the method reads the wall clock",
                    call ->
                        WALL_CLOCK.contains(
                            call.getTargetOwner().getName() + "." + call.getTarget().getName())))
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(java.time.Clock.class));
  }

  /** A package that needs another one of its module is above it; none is above itself. */
  static DependencyRule dbHasNoCircle() {
    return noCircle("no circle between the packages of db", DB);
  }

  static DependencyRule serverHasNoCircle() {
    return noCircle("no circle between the packages of the server", SERVER);
  }

  private static DependencyRule noCircle(String name, String module) {
    return new DependencyRule(
        name,
        List.of(module),
        slices().assignedFrom(new Packages(module)).should().beFreeOfCycles());
  }

  private static DependencyRule plain(String name, String room) {
    return new DependencyRule(
        name,
        List.of(room),
        classes()
            .that()
            .resideInAPackage(room + "..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                room + "..",
                "java..",
                "org.jspecify..",
                "com.google.errorprone.annotations..",
                "com.github.benmanes.caffeine.."));
  }

  /** Each package of a module, as a slice. */
  private record Packages(String module) implements SliceAssignment {

    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return isIn(module, type)
          ? SliceIdentifier.of(type.getPackageName())
          : SliceIdentifier.ignore();
    }

    @Override
    public String getDescription() {
      return "the packages of " + module;
    }
  }

  private static boolean isIn(String room, JavaClass type) {
    return (type.getPackageName() + ".").startsWith(room + ".");
  }
}

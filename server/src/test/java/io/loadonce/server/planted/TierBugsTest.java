package io.loadonce.server.planted;

import io.loadonce.server.tier.RedisServer;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bugs in the store that the instances share. */
@Tag("slow")
class TierBugsTest {
  @RegisterExtension static final BugHunt hunt = new BugHunt("tier.txt");

  @BeforeAll
  static void needsRedis() {
    RedisServer.assumeInstalled();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bugs")
  @Execution(ExecutionMode.CONCURRENT)
  void check_bugPlanted_failsWithTheMessage(PlantedBug bug) throws Exception {
    hunt.requireFound(bug);
  }

  static List<PlantedBug> bugs() {
    return hunt.bugs();
  }
}

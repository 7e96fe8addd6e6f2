package io.loadonce.bench.built;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.Runtime.Version;
import java.util.Objects;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/**
 * The floor of Netty, which no rule of the build can see: it is inside of gRPC's jar under another
 * name. The build has the floors of the other libraries.
 */
class ShadedNettyTest {

  /** The oldest version that may be served. */
  private static final Version FLOOR = Version.parse("4.2.17");

  private static final String VERSIONS =
      "/META-INF/io.grpc.netty.shaded.io.netty.versions.properties";

  @Test
  void netty_insideOfGrpc_isNotBelowItsFloor() throws IOException {
    assertThat(shaded()).isGreaterThanOrEqualTo(FLOOR);
  }

  /** The comparison can fail. */
  @Test
  void netty_olderVersion_isBelowTheFloor() {
    assertThat(parsed("4.1.124.Final")).isLessThan(FLOOR);
    assertThat(parsed("4.2.9.Final")).isLessThan(FLOOR);
  }

  private static Version shaded() throws IOException {
    Properties versions = new Properties();
    try (InputStream in = ShadedNettyTest.class.getResourceAsStream(VERSIONS)) {
      versions.load(Objects.requireNonNull(in, "gRPC's jar does not say which Netty it has"));
    }
    return parsed(versions.getProperty("netty-common.version"));
  }

  private static Version parsed(String version) {
    return Version.parse(version.replace(".Final", ""));
  }
}

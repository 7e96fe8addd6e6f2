package io.loadonce.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which environment variables are read, which belong to others, and which are rejected. */
class EnvironmentSettingsTest {

  private static final long HEAP = 1L << 30;

  @Test
  void environment_variableIsEmpty_isNamed() {
    assertThatThrownBy(() -> settings(Map.of(), Map.of("LOADONCE_PORT", "")))
        .hasMessage(
            "port: must be a whole number from 0 to 65535; it is '' (environment LOADONCE_PORT)");
  }

  @Test
  void environment_unknownVariable_isNamedWithASimilarOne() {
    assertThatThrownBy(() -> SettingTexts.choose(Map.of(), Map.of("LOADONCE_POOLSIZE", "1")))
        .hasMessage(
            "LOADONCE_POOLSIZE: unknown in the environment; did you mean LOADONCE_POOL_SIZE?");
  }

  @Test
  void environment_variablesOfOthers_areIgnored() {
    Map<String, String> others =
        Map.of(
            "LOADONCE_JAVA_OPTS", "-Xmx1g",
            "LOADONCE_TARGET", "127.0.0.1:50051",
            "LOADONCE_LOOKUP", "product",
            "LOADONCE_MAX_AGE", "5s",
            "LOADONCE_TOKEN_FILE", "token");

    assertThat(settings(Map.of(), others).grpc().port()).isEqualTo(50051);
  }

  /** Kubernetes puts these into every container, whatever the service behind the name is. */
  @ParameterizedTest
  @ValueSource(strings = {"LOADONCE", "LOADONCE_DB", "LOADONCE_ADMIN", "LOADONCE_A_B2"})
  void environment_variablesOfKubernetes_areIgnored(String name) {
    Map<String, String> links = new HashMap<>();
    links.put(name + "_SERVICE_HOST", "10.0.0.3");
    links.put(name + "_SERVICE_PORT", "5432");
    links.put(name + "_SERVICE_PORT_GRPC_TLS", "5432");
    for (String protocol : List.of("TCP", "UDP", "SCTP")) {
      links.put(name + "_PORT", protocol.toLowerCase(Locale.ROOT) + "://10.0.0.3:5432");
      links.put(name + "_PORT_5432_" + protocol, "tcp://10.0.0.3:5432");
      links.put(name + "_PORT_5432_" + protocol + "_PROTO", "tcp");
      links.put(name + "_PORT_5432_" + protocol + "_PORT", "5432");
      links.put(name + "_PORT_5432_" + protocol + "_ADDR", "10.0.0.3");
      Settings settings = settings(Map.of(), links);

      assertThat(settings.grpc().port()).isEqualTo(50051);
      assertThat(settings.admin().port()).isEqualTo(50080);
    }
  }

  @Test
  void environment_portThatIsNoLink_isRead() {
    Map<String, String> ports = Map.of("LOADONCE_PORT", "7", "LOADONCE_ADMIN_PORT", "8");

    assertThat(settings(Map.of(), ports).grpc().port()).isEqualTo(7);
    assertThat(settings(Map.of(), ports).admin().port()).isEqualTo(8);
    assertThatThrownBy(() -> settings(Map.of(), Map.of("LOADONCE_DB_PORT", "5432")))
        .hasMessageStartingWith("LOADONCE_DB_PORT: unknown in the environment; ");
  }

  private static Settings settings(Map<String, String> flags, Map<String, String> environment) {
    return Settings.of(SettingTexts.choose(flags, environment), HEAP);
  }
}

package io.loadonce.db.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.loadonce.db.InvalidSettingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import org.h2.engine.ConnectionInfo;
import org.h2.message.DbException;

/** URLs: what is accepted has none of the dangerous parameters, as the drivers read it. */
class UrlFuzzTest {

  private static final List<String> DANGEROUS_OF_H2 =
      List.of(
          "INIT",
          "TRACE_LEVEL_FILE",
          "TRACE_LEVEL_SYSTEM_OUT",
          "DATABASE_EVENT_LISTENER",
          "AUTO_SERVER",
          "CIPHER",
          "USER",
          "PASSWORD",
          "JAVA_OBJECT_SERIALIZER",
          "RECOVER");

  private static final List<String> DANGEROUS_OF_POSTGRESQL =
      List.of(
          "socketFactory",
          "socketFactoryArg",
          "sslfactory",
          "sslfactoryarg",
          "sslhostnameverifier",
          "sslpasswordcallback",
          "loggerFile",
          "loggerLevel",
          "authenticationPluginClassName",
          "localSocketAddress",
          "preferQueryMode",
          "xmlFactoryFactory",
          "user",
          "password");

  @FuzzTest
  void check_anyText_hasNoDangerousParameterOrIsRefused(byte[] input) {
    String url = new String(input, StandardCharsets.UTF_8);
    try {
      JdbcUrl.check(url);
    } catch (InvalidSettingException e) {
      assertThat(e.getMessage()).startsWith("db-url: ");
      return;
    }
    if (url.startsWith("jdbc:h2:")) {
      assertHarmlessForH2(url);
    } else if (JdbcUrl.isPostgresql(url)) {
      Properties parsed = org.postgresql.Driver.parseURL(url, null);
      if (parsed != null) {
        assertThat(parsed.stringPropertyNames())
            .doesNotContainAnyElementsOf(DANGEROUS_OF_POSTGRESQL);
      }
    }
  }

  private static void assertHarmlessForH2(String url) {
    ConnectionInfo parsed;
    try {
      parsed = new ConnectionInfo(url, new Properties(), "", "");
    } catch (DbException _) {
      return;
    }
    assertThat(parsed.isRemote()).isFalse();
    for (String key : DANGEROUS_OF_H2) {
      assertThat(parsed.getProperty(key, null)).as(key).isNull();
    }
  }
}

package io.loadonce.server.traces;

import io.loadonce.db.InvalidSettingException;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where traces are sent, and of which calls.
 *
 * @param endpoint the address of a collector that accepts OTLP over HTTP
 * @param ratio the share of the calls whose caller has not decided, 0 to 1
 */
public record TraceSettings(String endpoint, double ratio) {

  private static final int HIGHEST_PORT = 65_535;
  private static final String PATH = "/v1/traces";

  /**
   * @throws InvalidSettingException if a value is out of its range
   */
  public TraceSettings {
    if (!isAddress(endpoint)) {
      throw new InvalidSettingException(
          "trace-endpoint",
          "must be the address of a collector without a user, a path or parameters, such as"
              + " http://127.0.0.1:4318");
    }
    if (!(ratio >= 0 && ratio <= 1)) {
      throw new InvalidSettingException("trace-ratio", "must be a number from 0 to 1");
    }
  }

  /** Where spans are sent to. */
  String url() {
    return endpoint.replaceFirst("/$", "") + PATH;
  }

  private static boolean isAddress(String text) {
    try {
      URI uri = new URI(text);
      boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      return isHttp
          && uri.getHost() != null
          && (uri.getPort() == -1 || (uri.getPort() >= 1 && uri.getPort() <= HIGHEST_PORT))
          && uri.getRawUserInfo() == null
          && uri.getRawPath().matches("/?")
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null;
    } catch (URISyntaxException _) {
      return false;
    }
  }
}

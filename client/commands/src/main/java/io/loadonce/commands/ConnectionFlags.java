package io.loadonce.commands;

import io.loadonce.client.ClientSettings;
import io.loadonce.client.Security;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that all commands share: which server is called, and how. */
final class ConnectionFlags {

  @Option(
      names = "--target",
      paramLabel = "HOST:PORT",
      description = "Address of the server. Default: ${DEFAULT-VALUE}.")
  private String target = ClientSettings.DEFAULT_TARGET;

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      description =
          "The longest that one call may take, its retries included; 1ms to 1h. Raise it if the"
              + " database is slow. Default: 5s.")
  private Duration deadline = ClientSettings.DEFAULT_DEADLINE;

  @Option(
      names = "--attempts",
      paramLabel = "N",
      description =
          "How many times a call is sent at most while it ends as UNAVAILABLE, 1 to 5; 1 never"
              + " retries. Default: 5 for get, 1 for load; check never retries.")
  private @Nullable Integer attempts;

  @Option(
      names = "--tls",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description =
          "Encrypt the connection. Set it if a proxy before the server requires TLS. Default:"
              + " false.")
  private boolean tls;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description =
          "PEM file of the certificates to trust; sets --tls. Default: those that Java trusts.")
  private @Nullable Path tlsCa;

  /**
   * The settings that the flags make up.
   *
   * @param defaultAttempts how many attempts there are if the flag is not set
   * @throws IllegalArgumentException with one line, if a value is out of its limits
   */
  ClientSettings settings(int defaultAttempts) {
    return ClientSettings.forTarget(target)
        .withDeadline(deadline)
        .withMaxAttempts(attempts == null ? defaultAttempts : attempts)
        .withSecurity(security());
  }

  private Security security() {
    if (tlsCa != null) {
      return Security.tls(tlsCa);
    }
    return tls ? Security.tls() : Security.plaintext();
  }
}

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
          "Encrypt the connection. Set it if the server, or a proxy before it, requires TLS."
              + " Default: false.")
  private boolean tls;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description =
          "PEM file of the certificates to trust; sets --tls. Default: those that Java trusts.")
  private @Nullable Path tlsCa;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description =
          "PEM file of the client's certificate, for a server that requires one; sets --tls."
              + " Default: none.")
  private @Nullable Path tlsCert;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "PEM file of the private key of --tls-cert, in the form PKCS #8.")
  private @Nullable Path tlsKey;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "File that holds the token of this caller, for a server that requires one. Default:"
              + " none.")
  private @Nullable Path tokenFile;

  /**
   * The settings that the flags make up.
   *
   * @param defaultAttempts how many attempts there are if the flag is not set
   * @throws IllegalArgumentException with one line, if a value is out of its limits
   */
  ClientSettings settings(int defaultAttempts) {
    ClientSettings settings =
        ClientSettings.forTarget(target)
            .withDeadline(deadline)
            .withMaxAttempts(attempts == null ? defaultAttempts : attempts)
            .withSecurity(security());
    return tokenFile == null ? settings : settings.withTokenFile(tokenFile);
  }

  private Security security() {
    Security.Tls encrypted = tlsCa == null ? Security.tls() : Security.tls(tlsCa);
    if (tlsCert != null && tlsKey != null) {
      return encrypted.withCertificate(tlsCert, tlsKey);
    }
    if (tlsCert != null || tlsKey != null) {
      throw new IllegalArgumentException(
          "only one of --tls-cert and --tls-key is set; set both, or none");
    }
    return tls || tlsCa != null ? encrypted : Security.plaintext();
  }
}

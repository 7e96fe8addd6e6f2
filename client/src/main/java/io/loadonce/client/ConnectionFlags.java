package io.loadonce.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say which server is asked, and how. */
final class ConnectionFlags {

  @Option(
      names = "--target",
      paramLabel = "HOST:PORT",
      description = "The server; ${DEFAULT-VALUE} unless set.")
  private String target = ClientSettings.DEFAULT_TARGET;

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      description = "The most that one call may take, 1ms to 1h; 5s unless set.")
  private Duration deadline = ClientSettings.DEFAULT_DEADLINE;

  @Option(
      names = "--attempts",
      paramLabel = "N",
      description =
          "How often a call is sent while the answer is UNAVAILABLE, 1 to 5;"
              + " 5 for get and 1 for load unless set.")
  private @Nullable Integer attempts;

  @Option(
      names = "--tls",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Whether to speak TLS; false unless set.")
  private boolean tls;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description = "Certificates to trust, in PEM form; implies --tls.")
  private @Nullable Path tlsCa;

  /**
   * The settings that the flags ask for.
   *
   * @throws IllegalArgumentException with one line, if a value is out of its limits
   */
  ClientSettings settings(int attemptsUnlessSet) {
    ClientSettings settings =
        ClientSettings.forTarget(target)
            .withDeadline(deadline)
            .withMaxAttempts(attempts == null ? attemptsUnlessSet : attempts);
    return tls || tlsCa != null
        ? settings.withSecurity(new Security.Tls(Optional.ofNullable(tlsCa)))
        : settings;
  }
}

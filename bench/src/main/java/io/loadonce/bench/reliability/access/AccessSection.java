package io.loadonce.bench.reliability.access;

import io.loadonce.bench.reliability.Scores;
import io.loadonce.bench.reliability.Section;
import io.loadonce.client.ResourceClient;
import java.time.Duration;

/** A service with TLS and tokens, seen by programs that are not ours and by strangers. */
public final class AccessSection implements Section {

  private static final Duration LONGEST_GUESSING = Duration.ofSeconds(60);

  @Override
  public String name() {
    return "access";
  }

  @Override
  public String title() {
    return "TLS is judged from outside, certificates change under load, and strangers try tokens.";
  }

  @Override
  public void run(Scores scores, boolean isQuick) throws Exception {
    try (Secured service = Secured.start()) {
      requireServed(service);
      TlsVersions.judge(scores, "gRPC port", service.server().port());
      TlsVersions.judge(scores, "admin port", service.server().adminPort());
      new Rotation(service).run(scores, isQuick ? 2 : 10);
      try (WrongTokens tokens = new WrongTokens(service)) {
        tokens.guess(scores, isQuick ? 10_000 : 1_000_000, LONGEST_GUESSING);
        tokens.time(scores, isQuick ? 1_000 : 5_000);
      }
      requireServed(service);
    }
  }

  /** The right token is let in, or else that wrong ones are not would say nothing. */
  private static void requireServed(Secured service) {
    try (ResourceClient client = ResourceClient.open(service.client())) {
      var _ = client.get(Secured.ID);
    }
  }
}

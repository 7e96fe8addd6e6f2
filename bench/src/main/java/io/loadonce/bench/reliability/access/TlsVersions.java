package io.loadonce.bench.reliability.access;

import io.loadonce.bench.reliability.Scores;
import io.loadonce.bench.speed.drive.Tool;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which versions of TLS a port accepts, judged by programs that are not ours. */
final class TlsVersions {

  private static final Duration LONGEST = Duration.ofSeconds(60);

  /** The names of the versions for openssl. */
  private static final Map<String, String> VERSIONS =
      new TreeMap<>(
          Map.of(
              "TLSv1.0", "-tls1", "TLSv1.1", "-tls1_1", "TLSv1.2", "-tls1_2", "TLSv1.3",
              "-tls1_3"));

  private static final Set<String> ALLOWED = Set.of("TLSv1.2", "TLSv1.3");

  /**
   * The answer of a server that has read the offer; a client that cannot make it says otherwise.
   */
  private static final String REFUSED = "alert protocol version";

  private static final Pattern ACCEPTED = Pattern.compile("New, (TLSv[\\d.]+), Cipher is ");
  private static final Pattern SCANNED = Pattern.compile("(?m)^(SSLv\\d|TLSv1\\.\\d)\\s+enabled");

  private TlsVersions() {}

  /**
   * @param name of the port
   */
  static void judge(Scores scores, String name, int port) throws IOException, InterruptedException {
    if (Tool.isInstalled("openssl")) {
      Map<String, String> answers = new TreeMap<>();
      for (Map.Entry<String, String> version : VERSIONS.entrySet()) {
        answers.put(version.getKey(), answer(port, version.getValue()));
      }
      scores.judge(
          name + ", versions offered by openssl s_client",
          answers.toString(),
          "TLS 1.2 and 1.3 accepted, others refused",
          answers.entrySet().stream()
              .allMatch(
                  each ->
                      each.getValue()
                          .equals(ALLOWED.contains(each.getKey()) ? "accepted" : "refused")));
    } else {
      scores.notRun(name + ", openssl", "openssl is not installed");
    }
    if (Tool.isInstalled("sslscan")) {
      Set<String> enabled = new TreeSet<>();
      String scan = Tool.run(List.of("sslscan", "--no-colour", "127.0.0.1:" + port), LONGEST);
      Matcher each = SCANNED.matcher(scan);
      while (each.find()) {
        enabled.add(each.group(1));
      }
      scores.judge(
          name + ", versions that sslscan found enabled",
          enabled.toString(),
          "TLS 1.2 and 1.3",
          enabled.equals(ALLOWED));
    } else {
      scores.notRun(name + ", sslscan", "sslscan is not installed");
    }
  }

  /** Offers one version only, also with ciphers that openssl itself considers too weak. */
  private static String answer(int port, String version) throws IOException, InterruptedException {
    String said =
        Tool.run(
            List.of(
                "sh",
                "-c",
                "openssl s_client -connect 127.0.0.1:%d %s -alpn h2 -cipher ALL:@SECLEVEL=0"
                        .formatted(port, version)
                    + " </dev/null 2>&1 | tr -cd '[:print:]\\n'"),
            LONGEST);
    if (said.contains(REFUSED)) {
      return "refused";
    }
    return ACCEPTED.matcher(said).find() ? "accepted" : "neither accepted nor refused";
  }
}

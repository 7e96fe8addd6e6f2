package io.loadonce.server.ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.server.ports.Certificates.Pair;
import io.loadonce.server.settings.SettingTexts;
import io.loadonce.server.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the start of the service says of files of TLS that are wrong. */
@Timeout(60)
class TlsFilesTest {

  @TempDir private static Path folder;

  private static Path ca;
  private static Pair server;
  private static Pair other;
  private static Pair expired;
  private static Pair later;

  @BeforeAll
  static void makeCertificates() throws Exception {
    Certificates certificates = new Certificates(folder);
    ca = certificates.ca("authority");
    server = certificates.signedBy("authority", "server");
    other = certificates.signedBy("authority", "other");
    expired = certificates.signedBy("authority", "late", "-startdate", "-2d", "-validity", "1");
    later = certificates.signedBy("authority", "early", "-startdate", "+2d");
  }

  @Test
  void settings_filesFit_areAccepted() {
    Map<String, String> flags = flags(server.certificate(), server.key());
    flags.put("--tls-client-ca", ca.toString());

    assertThat(settings(flags).access().tls()).isPresent();
  }

  @Test
  void settings_certificateDoesNotFitTheKey_namesBoth() {
    assertThatRefused(
        flags(server.certificate(), other.key()),
        "tls-cert: the certificate does not fit the key in '%s'; name the two files of one pair; it"
            + " is '%s'",
        other.key(),
        server.certificate());
  }

  @Test
  void settings_certificateHasExpired_saysWhen() {
    assertThatThrownBy(() -> settings(flags(expired.certificate(), expired.key())))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageMatching(
            "tls-cert: the certificate expired on \\d{4}-\\S+Z; name one that is valid; it is"
                + " '.*'");
  }

  @Test
  void settings_certificateIsNotYetValid_saysWhenItIs() {
    assertThatThrownBy(() -> settings(flags(later.certificate(), later.key())))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageMatching(
            "tls-cert: the certificate is valid from \\d{4}-\\S+Z on; name one that is valid now;"
                + " it is '.*'");
  }

  @Test
  void settings_filesAreNotPem_sayWhatIsNeeded() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "no PEM\n");

    assertThatRefused(
        flags(text, server.key()),
        "tls-cert: must be a PEM file with lines BEGIN CERTIFICATE and END CERTIFICATE; it is '%s'",
        text);
    assertThatRefused(
        flags(server.certificate(), text),
        "tls-key: must be a PEM file with an RSA or EC key, not encrypted, with lines BEGIN PRIVATE"
            + " KEY and END PRIVATE KEY; openssl pkcs8 -topk8 -nocrypt converts other forms; it is"
            + " '%s'",
        text);
    Map<String, String> withCa = flags(server.certificate(), server.key());
    withCa.put("--tls-client-ca", text.toString());
    assertThatRefused(
        withCa,
        "tls-client-ca: must be a PEM file with lines BEGIN CERTIFICATE and END CERTIFICATE; it is"
            + " '%s'",
        text);
  }

  @Test
  void settings_keyIsMissingOrADirectory_saysWhich() {
    Path none = folder.resolve("none.key");

    assertThatRefused(
        flags(server.certificate(), none),
        "tls-key: cannot be read (there is no such file); it is '%s'",
        none);
    assertThatRefused(
        flags(server.certificate(), folder),
        "tls-key: cannot be read (it is a directory, and a file is needed); it is '%s'",
        folder);
  }

  @Test
  void settings_filesOfYaml_areBesideIt() throws IOException {
    Path yaml =
        Files.writeString(
            folder.resolve("loadonce.yaml"),
            "tls-cert: %s%ntls-key: none.key%n".formatted(server.certificate().getFileName()));
    Path none = folder.resolve("none.key");

    assertThatRefused(
        Map.of("--config", yaml.toString()),
        "%s:2:10: tls-key: cannot be read (there is no such file); it is '%s'",
        yaml,
        none);
  }

  private static void assertThatRefused(Map<String, String> flags, String line, Path... paths) {
    assertThatThrownBy(() -> settings(flags))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage(line.formatted((Object[]) paths));
  }

  private static Map<String, String> flags(Path certificate, Path key) {
    Map<String, String> flags = new HashMap<>();
    flags.put("--tls-cert", certificate.toString());
    flags.put("--tls-key", key.toString());
    return flags;
  }

  private static Settings settings(Map<String, String> flags) {
    return Settings.of(SettingTexts.choose(flags, Map.of()), 1L << 30);
  }
}

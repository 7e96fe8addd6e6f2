package io.loadonce.server.access;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.server.access.AccessRules.InvalidLineException;
import io.loadonce.server.files.ReloadedFiles;
import io.loadonce.server.files.SettingFile;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The callers of the access file, as it is now. Safe for use by many threads, apart from {@link
 * #reload}; only that one blocks.
 */
public final class AccessFile {

  /** What a caller sends in the header {@code authorization}. */
  private static final Pattern BEARER = Pattern.compile("(?i:Bearer) +(\\S+)");

  private final ReloadedFiles files;

  /** Replaced as a whole when the file changes. */
  private volatile @Nullable AccessRules rules;

  private AccessFile(SettingFile file, Set<String> lookups) {
    this.files =
        ReloadedFiles.load(
            List.of(file), contents -> rules = parse(file, contents.getFirst(), lookups));
  }

  /**
   * Reads the file. Blocks while it is read.
   *
   * @param lookups the names of all lookups of the service
   * @throws InvalidSettingException if the file cannot be read or a line of it is wrong
   */
  public static AccessFile load(SettingFile file, Set<String> lookups) {
    return new AccessFile(file, Set.copyOf(lookups));
  }

  /** Reads the file again if it has changed. To be called often, by one thread. */
  public void reload() {
    files.reload();
  }

  /**
   * Returns the caller, or nothing if it has not proved who it is. A caller that sends a token is
   * known by that token only, also if it has a certificate.
   *
   * @param authorization the values of the header {@code authorization}
   * @param certificateNames the names in the caller's certificate, which TLS has checked
   */
  public Optional<Caller> find(List<String> authorization, List<String> certificateNames) {
    AccessRules now = rules;
    if (now == null) {
      return Optional.empty();
    }
    if (authorization.isEmpty()) {
      return now.ofCertificate(certificateNames);
    }
    Matcher bearer = BEARER.matcher(authorization.getFirst().strip());
    return authorization.size() == 1 && bearer.matches()
        ? now.ofToken(bearer.group(1))
        : Optional.empty();
  }

  private static AccessRules parse(SettingFile file, byte[] content, Set<String> lookups) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
      return AccessRules.parse(text, lookups);
    } catch (CharacterCodingException _) {
      throw file.wrong("is not a text in UTF-8");
    } catch (InvalidLineException e) {
      throw file.wrong(String.valueOf(e.getMessage()));
    }
  }
}

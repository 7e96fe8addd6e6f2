package io.loadonce.server.files;

import io.loadonce.db.InvalidSettingException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A file that a setting names.
 *
 * @param named how an error message begins: the key, behind its place if it stands in a YAML file
 * @param path as the operator wrote it
 */
public record SettingFile(String named, String path) {

  /** The largest file that is read, in bytes. */
  public static final int MAX_BYTES = 1 << 20;

  /**
   * Returns the content. Blocks while it is read.
   *
   * @throws InvalidSettingException if it cannot be read
   */
  public byte[] read() {
    try {
      Path file = Path.of(path);
      if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
        throw wrong("must be a file, not a device or a pipe");
      }
      if (Files.size(file) > MAX_BYTES) {
        throw wrong("the file must not be larger than " + MAX_BYTES + " bytes");
      }
      return Files.readAllBytes(file);
    } catch (IOException | InvalidPathException e) {
      throw wrong("cannot be read (%s)".formatted(reason(e, path)));
    }
  }

  /**
   * Returns an error about this file.
   *
   * @param problem what is wrong and what would be right; never the content of the file
   */
  public InvalidSettingException wrong(String problem) {
    return new InvalidSettingException(
        named, "%s; it is '%s'".formatted(problem, path.replaceAll("\\p{Cntrl}", "?")));
  }

  /** Why a file could not be read, for an error message. */
  public static String reason(Exception e, String file) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no such file";
      case AccessDeniedException _ -> "this user has no permission";
      case CharacterCodingException _ -> "it is not a text in UTF-8";
      case InvalidPathException _ -> "this is not the name of a file";
      case IOException _ when Files.isDirectory(Path.of(file)) ->
          "it is a directory, and a file is needed";
      default -> String.valueOf(e.getMessage());
    };
  }
}

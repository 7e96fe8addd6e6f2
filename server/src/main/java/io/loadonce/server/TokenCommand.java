package io.loadonce.server;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.server.access.NewToken;
import io.loadonce.server.files.SettingFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code token}: makes a token for a caller, and its line for the access file. */
final class TokenCommand {

  private static final String USAGE =
      """
      usage: ./loadonce token NAME --rights RIGHTS [--lookups NAMES] [--token-file FILE]

      Makes a random token for the caller NAME. It prints the line for the access file on standard
      output, and the token once on standard error, so that >> access.txt adds the line to the file.

        --rights RIGHTS     What the caller may do: read, invalidate, admin; several with commas.
        --lookups NAMES     The only lookups that it may use, with commas. Default: all.
        --token-file FILE   Write the token to this new file, which only you can read, in place of
                            standard error.
      """;

  private static final Set<String> FLAGS = Set.of("--rights", "--lookups", "--token-file");

  private TokenCommand() {}

  /**
   * @param arguments the arguments after {@code token}
   * @throws InvalidSettingException if they are wrong, or the file cannot be written
   */
  static void run(List<String> arguments, PrintStream out, PrintStream err) {
    if (arguments.contains("--help")) {
      out.print(USAGE);
      return;
    }
    Map<String, String> flags = new HashMap<>();
    String name = arguments.isEmpty() ? "" : arguments.getFirst();
    for (int i = 1; i < arguments.size(); i++) {
      String[] parts = arguments.get(i).split("=", 2);
      boolean isSplit = parts.length == 1 && i + 1 < arguments.size();
      if (!FLAGS.contains(parts[0]) || (parts.length == 1 && !isSplit)) {
        throw wrong();
      }
      flags.put(parts[0], isSplit ? arguments.get(++i) : parts[1]);
    }
    if (name.isEmpty() || name.startsWith("-") || !flags.containsKey("--rights")) {
      throw wrong();
    }
    NewToken made =
        NewToken.of(name, flags.getOrDefault("--rights", ""), flags.getOrDefault("--lookups", ""));
    String file = flags.get("--token-file");
    if (file == null) {
      err.println("the token of " + name + ", which is not shown again: " + made.token());
    } else {
      write(file, made.token());
    }
    out.println(made.line());
  }

  private static InvalidSettingException wrong() {
    return new InvalidSettingException(
        "token",
        "needs a caller and its rights: ./loadonce token NAME --rights read,invalidate,admin;"
            + " ./loadonce token --help lists the flags");
  }

  /** Writes a new file that only its owner can read. */
  private static void write(String file, String token) {
    try {
      boolean isPosix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
      FileAttribute<?>[] ownerOnly =
          isPosix
              ? new FileAttribute<?>[] {
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
              }
              : new FileAttribute<?>[0];
      try (FileChannel channel =
              FileChannel.open(
                  Path.of(file),
                  Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                  ownerOnly);
          PrintStream out =
              new PrintStream(
                  Channels.newOutputStream(channel),
                  /* autoFlush= */ false,
                  StandardCharsets.UTF_8)) {
        out.println(token);
        if (out.checkError()) {
          throw new IOException("no space, or another error of the disk");
        }
      }
    } catch (FileAlreadyExistsException _) {
      throw new InvalidSettingException(
          "token-file", "'%s' is there already; name a new file".formatted(file));
    } catch (IOException | InvalidPathException e) {
      throw new InvalidSettingException(
          "token-file", "'%s' cannot be written (%s)".formatted(file, SettingFile.reason(e, file)));
    }
  }
}

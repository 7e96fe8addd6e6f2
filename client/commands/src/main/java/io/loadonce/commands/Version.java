package io.loadonce.commands;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: Loadonce with its build, if that is known, and Java. */
final class Version implements IVersionProvider {

  private static final String FILE = "version.properties";

  @Override
  public String[] getVersion() {
    Properties built = read();
    return lines(built.getProperty("version", "unknown"), built.getProperty("build", ""));
  }

  /** The lines for a version and a build; an empty build is left out. */
  static String[] lines(String version, String build) {
    return new String[] {
      "Loadonce " + version + (build.isBlank() ? "" : " (build " + build + ")"),
      "Java " + Runtime.version()
    };
  }

  /** The properties that Maven writes when it builds the jar. */
  private static Properties read() {
    Properties built = new Properties();
    try (InputStream file = Objects.requireNonNull(Version.class.getResourceAsStream(FILE), FILE)) {
      built.load(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return built;
  }
}

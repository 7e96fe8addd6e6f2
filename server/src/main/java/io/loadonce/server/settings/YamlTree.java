package io.loadonce.server.settings;

import io.loadonce.db.InvalidSettingException;
import io.loadonce.server.files.SettingFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads the text of a YAML file as nodes with their places; its size and depth are limited. */
final class YamlTree {

  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_DEPTH = 10;
  private static final int MAX_ALIASES = 100;

  private static final LoadSettings LOAD =
      LoadSettings.builder().setUseMarks(true).setCodePointLimit(MAX_BYTES).build();

  private YamlTree() {}

  /**
   * Returns the root of the file, or null if the file is empty.
   *
   * @param named by what the file was named, for an error message
   * @throws InvalidSettingException if the file cannot be read or is not YAML
   */
  static @Nullable Node read(String named, String file) {
    String text = text(named, file);
    try {
      requireLimits(file, text);
      return new Compose(LOAD).composeString(text).orElse(null);
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
      throw new InvalidSettingException(
          mark.map(at -> place(file, at)).orElse(file), "is not YAML: " + oneLine(e.getProblem()));
    } catch (YamlEngineException e) {
      throw new InvalidSettingException(
          file, "is not YAML: " + oneLine(String.valueOf(e.getMessage())));
    }
  }

  /** Returns the file, the line and the column at which the node begins. */
  static String place(String file, Node node) {
    return node.getStartMark().map(mark -> place(file, mark)).orElse(file);
  }

  /** A mark counts from 0, an editor from 1. */
  private static String place(String file, Mark mark) {
    return "%s:%d:%d".formatted(file, mark.getLine() + 1, mark.getColumn() + 1);
  }

  private static String text(String named, String file) {
    try {
      Path path = Path.of(file);
      if (Files.size(path) > MAX_BYTES) {
        throw new InvalidSettingException(
            named, "%s must not be larger than %d bytes".formatted(file, MAX_BYTES));
      }
      return FileTexts.withoutByteOrderMark(Files.readString(path, StandardCharsets.UTF_8));
    } catch (IOException | InvalidPathException e) {
      throw new InvalidSettingException(
          named,
          "cannot be read (%s); name a YAML file in UTF-8; it is '%s'"
              .formatted(SettingFile.reason(e, file), file));
    }
  }

  /** Before nodes are built, since building them is recursive. */
  private static void requireLimits(String file, String text) {
    int depth = 0;
    int aliases = 0;
    for (Event event : new Parse(LOAD).parseString(text)) {
      switch (event.getEventId()) {
        case MappingStart, SequenceStart -> depth++;
        case MappingEnd, SequenceEnd -> depth--;
        case Alias -> aliases++;
        default -> {}
      }
      if (depth > MAX_DEPTH || aliases > MAX_ALIASES) {
        throw new InvalidSettingException(
            event.getStartMark().map(mark -> place(file, mark)).orElse(file),
            depth > MAX_DEPTH
                ? "is nested deeper than %d levels".formatted(MAX_DEPTH)
                : "is one alias too many; a file may have %d".formatted(MAX_ALIASES));
      }
    }
  }

  private static String oneLine(String problem) {
    return problem.replaceAll("\\p{Cntrl}+", " ");
  }
}

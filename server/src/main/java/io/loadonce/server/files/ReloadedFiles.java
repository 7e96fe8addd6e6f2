package io.loadonce.server.files;

import io.loadonce.db.InvalidSettingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that belong together, such as a certificate and its key. They are used at the start, and
 * again whenever the content of one of them has changed. Content that is wrong is reported once in
 * the log, and what was used before stays in use. It is tried again at each reading, since it may
 * become right: a certificate may not be valid yet. For one thread at a time.
 */
public final class ReloadedFiles {

  /*
   * The content is compared, and not the time of the last change: files that are replaced within
   * the same second, through a symbolic link (as Kubernetes does) or with an older time are found,
   * too. The files are small, and a reading of all of them takes less than a millisecond.
   */

  private static final Logger log = LoggerFactory.getLogger(ReloadedFiles.class);

  private final List<SettingFile> files;
  private final Consumer<List<byte[]>> use;

  /** The content in use. */
  private List<byte[]> used;

  /** What was logged last; empty if the content in use is that of the files. */
  private String problem = "";

  private ReloadedFiles(List<SettingFile> files, Consumer<List<byte[]>> use) {
    this.files = List.copyOf(files);
    this.use = use;
    this.used = read();
    use.accept(used);
  }

  /**
   * Reads the files and uses them. Blocks while they are read.
   *
   * @param use gets the content of each file, in their order; throws InvalidSettingException, and
   *     changes nothing, if the content is wrong
   * @throws InvalidSettingException if a file cannot be read or its content is wrong
   */
  public static ReloadedFiles load(List<SettingFile> files, Consumer<List<byte[]>> use) {
    return new ReloadedFiles(files, use);
  }

  /** Reads the files again, and uses them if they have changed. Blocks while they are read. */
  public void reload() {
    try {
      List<byte[]> now = read();
      if (isUsed(now)) {
        problem = "";
        return;
      }
      use.accept(now);
      used = now;
      problem = "";
      log.info("{} changed; the new content is in use", names());
    } catch (InvalidSettingException e) {
      String found = String.valueOf(e.getMessage());
      if (!found.equals(problem)) {
        problem = found;
        log.warn("{}; the content that was read before stays in use", found);
      }
    }
  }

  private List<byte[]> read() {
    List<byte[]> contents = new ArrayList<>();
    files.forEach(file -> contents.add(file.read()));
    return contents;
  }

  private boolean isUsed(List<byte[]> now) {
    for (int i = 0; i < now.size(); i++) {
      if (!Arrays.equals(now.get(i), used.get(i))) {
        return false;
      }
    }
    return true;
  }

  private String names() {
    return files.stream().map(SettingFile::path).collect(Collectors.joining(", "));
  }
}

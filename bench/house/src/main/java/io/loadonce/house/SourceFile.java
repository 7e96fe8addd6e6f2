package io.loadonce.house;

import java.util.List;

/**
 * A text file of the repository.
 *
 * @param path from the root of the repository, with forward slashes
 * @param text its content
 */
public record SourceFile(String path, String text) {

  public boolean isJava() {
    return path.endsWith(".java");
  }

  public boolean isTest() {
    return path.contains("src/test/");
  }

  public boolean isPackageInfo() {
    return name().equals("package-info.java");
  }

  public boolean isPom() {
    return name().equals("pom.xml");
  }

  /** The part after the last slash. */
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** The name without its extension: the top-level type of a Java file. */
  public String stem() {
    int dot = name().indexOf('.');
    return dot < 0 ? name() : name().substring(0, dot);
  }

  /** The first directory of the path; empty for a file in the root. */
  public String module() {
    return path.substring(0, Math.max(path.indexOf('/'), 0));
  }

  public List<String> lines() {
    return text.lines().toList();
  }
}

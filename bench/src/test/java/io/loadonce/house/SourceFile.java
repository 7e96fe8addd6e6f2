package io.loadonce.house;

import java.util.List;

/**
 * A text file of the repository.
 *
 * @param path from the root of the repository, with forward slashes
 * @param text its content
 */
record SourceFile(String path, String text) {

  boolean isJava() {
    return path.endsWith(".java");
  }

  boolean isTest() {
    return path.contains("src/test/");
  }

  boolean isPackageInfo() {
    return name().equals("package-info.java");
  }

  boolean isPom() {
    return name().equals("pom.xml");
  }

  /** The part after the last slash. */
  String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** The name without its extension: the top-level type of a Java file. */
  String stem() {
    int dot = name().indexOf('.');
    return dot < 0 ? name() : name().substring(0, dot);
  }

  /** The first directory of the path; empty for a file in the root. */
  String module() {
    return path.substring(0, Math.max(path.indexOf('/'), 0));
  }

  List<String> lines() {
    return text.lines().toList();
  }
}

package io.loadonce.house;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Words that must not stand in any file. They are put together here, so that they do not. */
final class TextRules {

  private static final Pattern UNFINISHED =
      Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");

  private static final Pattern REGISTRY =
      Pattern.compile(
          String.join(
              "|",
              "repo1?\\.maven\\." + "(apache\\.)?org",
              "central\\.sonatype" + "\\.com",
              "oss\\.sonatype" + "\\.org",
              "registry\\.npmjs" + "\\.org",
              "registry\\.yarnpkg" + "\\.com",
              "pypi" + "\\.org",
              "pythonhosted" + "\\.org",
              "(plugins|services)\\.gradle" + "\\.org",
              "\\b(jitpack|quay|ghcr|docker|gcr)" + "\\.io\\b",
              "proxy\\.golang" + "\\.org",
              "crates" + "\\.io",
              "rubygems" + "\\.org",
              "(deb|security)\\.debian" + "\\.org",
              "archive\\.ubuntu" + "\\.com"));

  private static final Pattern MACHINE_PATH =
      Pattern.compile(
          "(?<![\\w.$}/])/(work|root|home|" + "Users)/\\w|/tmp/" + "wt-|\\b[A-Z]:\\\\" + "Users");

  private TextRules() {}

  static TidyRule unfinishedWork() {
    return rule("unfinished work", UNFINISHED);
  }

  static TidyRule registryHosts() {
    return rule("host name of a registry", REGISTRY);
  }

  static TidyRule machinePaths() {
    return rule("path of one machine", MACHINE_PATH);
  }

  private static TidyRule rule(String name, Pattern forbidden) {
    return TidyRule.perFile(name, file -> true, file -> search(file, forbidden));
  }

  private static List<String> search(SourceFile file, Pattern forbidden) {
    List<String> found = new ArrayList<>();
    int number = 0;
    for (String line : file.lines()) {
      number++;
      Matcher matcher = forbidden.matcher(line);
      if (matcher.find()) {
        found.add(file.path() + ":" + number + " " + matcher.group());
      }
    }
    return found;
  }
}

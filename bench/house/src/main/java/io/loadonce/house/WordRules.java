package io.loadonce.house;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Words that people have to read twice, and what to write instead. The rule reads what people read:
 * pages, the contract, the launcher, and the comments and texts of Java files.
 */
final class WordRules {

  /**
   * @param pattern the word, put together here so that it does not stand in this file
   * @param instead what says the same to everybody
   */
  private record Word(Pattern pattern, String instead) {}

  private static final List<Word> WORDS =
      List.of(
          word("who" + "ever|who(ever)? asks|what wai" + "ts", "the caller, the thread that"),
          word("dea" + "f(ness)?", "change feed disconnected"),
          word("unhea" + "rd|hea" + "rd", "connected, disconnected, received"),
          word("(a|the|one|no|its) si" + "gns?( of life)?", "heartbeat"),
          word("patie" + "nce|patie" + "nt(ly)?", "remaining deadline"),
          word("belie" + "ved", "served as fresh"),
          word("nobody is inter" + "ested", "no caller waits"),
          word("(its|their|the) ti" + "me is over", "expired"),
          word("abse" + "nces?", "cached \"not found\", negative entry"),
          word("put o" + "ff", "delayed"),
          word("0s?: ne" + "ver", "0s disables it"),
          word("at the do" + "or", "when a call is admitted"),
          word("stands? in li" + "ne", "waits, is queued"),
          word("(asks?|asked|asking) (the |a |its |our )?(database|SQL|table)", "queries"));

  /** Lists the old words beside the new ones. */
  private static final String GLOSSARY = "docs/words.md";

  private static final Pattern COMMENT_OR_TEXT =
      Pattern.compile(
          "//[^\\n]*"
              + "|/\\*(?s:.*?)\\*/"
              + "|\"\"\"(?s:.*?)\"\"\""
              + "|\"(?:[^\"\\\\\\n]++|\\\\.)*+\""
              + "|'(?:[^'\\\\]|\\\\[^\\n]{1,5}?)'");

  private WordRules() {}

  static TidyRule riddles() {
    return TidyRule.perFile(
        "word that has to be read twice",
        file -> isRead(file) && !file.path().equals(GLOSSARY),
        file -> search(file, file.isJava() ? WordRules::commentsAndTexts : SourceFile::text));
  }

  private static boolean isRead(SourceFile file) {
    return file.isJava()
        || file.name().endsWith(".md")
        || file.name().endsWith(".proto")
        || file.path().equals("loadonce");
  }

  private static List<String> search(SourceFile file, Function<SourceFile, String> read) {
    List<String> found = new ArrayList<>();
    // A sentence may go on in the next line of a comment.
    String text = read.apply(file);
    String joined = text.replaceAll("(?<=\\S)[ \\t]*\\n[ \\t]*(\\*|//|#)? ?", "\n");
    for (Word word : WORDS) {
      Matcher matcher = word.pattern().matcher(joined);
      while (matcher.find()) {
        String what = matcher.group().replaceAll("\\s+", " ");
        found.add(file.path() + " '" + what + "': write " + word.instead());
      }
    }
    return found;
  }

  /** The comments and the string literals of a Java file, one after the other. */
  private static String commentsAndTexts(SourceFile file) {
    StringBuilder texts = new StringBuilder();
    Matcher matcher = COMMENT_OR_TEXT.matcher(file.text());
    while (matcher.find()) {
      // Lines of one comment go together, and other texts do not.
      texts.append(matcher.group()).append(matcher.group().startsWith("//") ? "\n" : "\n\n");
    }
    return texts.toString();
  }

  private static Word word(String words, String instead) {
    return new Word(
        Pattern.compile("\\b(" + words.replace(" ", "\\s+") + ")(?!\\w)", Pattern.CASE_INSENSITIVE),
        instead);
  }
}

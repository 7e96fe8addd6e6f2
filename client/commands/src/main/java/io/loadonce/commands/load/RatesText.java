package io.loadonce.commands.load;

import io.loadonce.commands.text.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads rates such as {@code 1000/s for 10s, ramp to 8000/s over 30s, 8000/s for 20s}. What is
 * wrong is reported with its column, which is 1 for the first character.
 */
public final class RatesText {

  private static final Pattern WORD = Pattern.compile("[^\\s,]+|,");
  private static final Pattern RATE = Pattern.compile("(\\d{1,7}(?:\\.\\d{1,6})?)/s");

  private record Word(String text, int column) {}

  private final String text;
  private final List<Word> words = new ArrayList<>();
  private int at;

  private RatesText(String text) {
    this.text = text;
    Matcher word = WORD.matcher(text);
    while (word.find()) {
      words.add(new Word(word.group(), word.start() + 1));
    }
    words.add(new Word("", text.length() + 1));
  }

  /**
   * Reads steps. A ramp begins at the rate of the step before; one that is the first step begins at
   * 0.
   *
   * @throws IllegalArgumentException with one line that names the column and what would be right
   */
  public static Rates parse(String text) {
    return new RatesText(text).rates();
  }

  /**
   * Reads a rate that stays the same, such as {@code 5000/s}.
   *
   * @throws IllegalArgumentException with one line that says what would be right
   */
  public static double perSecond(String name, String text) {
    Matcher rate = RATE.matcher(text);
    double number = rate.matches() ? Double.parseDouble(rate.group(1)) : 0;
    if (number == 0 || number > Rates.HIGHEST) {
      throw new IllegalArgumentException(
          "%s is '%s' but must be more than 0 and at most 1000000/s, such as 5000/s"
              .formatted(name, text));
    }
    return number;
  }

  private Rates rates() {
    List<Rates.Step> steps = new ArrayList<>();
    double rate = 0;
    do {
      Rates.Step step = step(rate);
      steps.add(step);
      rate = step.to();
    } while (isNext(","));
    if (at < words.size() - 1) {
      throw wrong("',' or the end");
    }
    return new Rates(text.strip(), steps);
  }

  private Rates.Step step(double before) {
    if (isNext("ramp")) {
      expect("to");
      double to = rate("a rate such as 8000/s");
      expect("over");
      return new Rates.Step(before, to, time());
    }
    double same = rate("a rate such as 1000/s, or 'ramp'");
    expect("for");
    return new Rates.Step(same, same, time());
  }

  private double rate(String expected) {
    Matcher rate = RATE.matcher(words.get(at).text());
    if (!rate.matches()) {
      throw wrong(expected);
    }
    double number = Double.parseDouble(rate.group(1));
    if (number > Rates.HIGHEST) {
      throw wrong("a rate of at most 1000000/s");
    }
    at++;
    return number;
  }

  private Duration time() {
    try {
      Duration time = DurationText.parse(words.get(at).text());
      if (time.isPositive() && time.compareTo(Rates.LONGEST) <= 0) {
        at++;
        return time;
      }
    } catch (IllegalArgumentException _) {
      // Reported with its column, as a time out of its limits is.
    }
    throw wrong("a time of at most 24h such as 500ms, 10s, 2m or 1h");
  }

  private boolean isNext(String word) {
    boolean isNext = words.get(at).text().equals(word);
    at += isNext ? 1 : 0;
    return isNext;
  }

  private void expect(String word) {
    if (!isNext(word)) {
      throw wrong("'" + word + "'");
    }
  }

  private IllegalArgumentException wrong(String expected) {
    Word found = words.get(at);
    return new IllegalArgumentException(
        "the plan is wrong at column %d: %s must follow here, not %s"
            .formatted(
                found.column(),
                expected,
                found.text().isEmpty() ? "the end" : "'" + found.text() + "'"));
  }
}

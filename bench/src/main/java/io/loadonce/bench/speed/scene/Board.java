package io.loadonce.bench.speed.scene;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The readings of the scenes, round by round. For one thread. */
public final class Board {

  private final PrintWriter progress;
  private final Map<Figure, List<Double>> figures = new EnumMap<>(Figure.class);
  private final List<String> failures = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final Map<Turn, List<Reading>> readings = new LinkedHashMap<>();

  /**
   * @param progress receives a line for each reading
   */
  public Board(PrintWriter progress) {
    this.progress = progress;
  }

  /**
   * One measurement.
   *
   * @param what the kind of call
   * @param contender the server that is measured
   * @param driver the load generator
   * @param unit of the readings
   */
  public record Turn(String what, String contender, String driver, String unit) {
    static Turn rate(String what, String contender, String driver) {
      return new Turn(what, contender, driver, "/s");
    }
  }

  /**
   * The reading of one measurement.
   *
   * @param shares the shares of the machine's processors, 0 to 1, by process; empty if not measured
   */
  public record Reading(double value, Map<String, Double> shares) {}

  void add(Turn turn, double value) {
    add(turn, new Reading(value, Map.of()));
  }

  void add(Turn turn, Reading reading) {
    readings.computeIfAbsent(turn, _ -> new ArrayList<>()).add(reading);
    say(
        String.format(
            Locale.ROOT,
            "%s, %s, %s: %,.1f %s",
            turn.what(),
            turn.contender(),
            turn.driver(),
            reading.value(),
            turn.unit()));
  }

  void add(Figure figure, double value) {
    figures.computeIfAbsent(figure, _ -> new ArrayList<>()).add(value);
    say(figure + " " + String.format(Locale.ROOT, "%.3f", value));
  }

  /** Notes that a scene failed; the other scenes continue, and the tables name the failure. */
  public void fail(Act act, IllegalStateException reason) {
    failures.add("not measured: %s: %s".formatted(act, reason.getMessage()));
    say(failures.getLast());
  }

  /** Adds lines that stand below the tables. */
  void note(String lines) {
    notes.add(lines);
    say(lines);
  }

  /** What the scenes have noted, in order. */
  public List<String> notes() {
    return notes;
  }

  /** The scenes that failed, and why, a line each. */
  public List<String> failures() {
    return failures;
  }

  public Map<Figure, List<Double>> figures() {
    return figures;
  }

  public Map<Turn, List<Reading>> readings() {
    return readings;
  }

  /** Prints a line of progress. */
  public void say(String line) {
    progress.println(line);
    progress.flush();
  }
}

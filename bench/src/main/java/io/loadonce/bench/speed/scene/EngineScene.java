package io.loadonce.bench.speed.scene;

import io.loadonce.bench.speed.engine.EngineRun;
import io.loadonce.bench.speed.engine.EngineRun.Score;
import java.util.LinkedHashMap;
import java.util.Map;

/** The engine's hit against Caffeine's own, by JMH, in JVMs that JMH starts, lap by lap. */
final class EngineScene implements Scene {

  /** The duration in each JVM; each lap has its own JVM. */
  private static final int WARM_UP_LAPS = 3;

  private final EngineRun run;

  private EngineScene(EngineRun run) {
    this.run = run;
  }

  static Scene open(Lab lab) {
    return new EngineScene(
        new EngineRun(
            lab.plan().lap().multipliedBy(WARM_UP_LAPS), lab.plan().lap(), /* forks= */ 1));
  }

  @Override
  public void round(int number, Board board) {
    Map<String, Double> sums = new LinkedHashMap<>();
    for (int lap = 0; lap < Race.LAPS; lap++) {
      for (Score score : run.hits()) {
        sums.merge(score.way(), score.callsPerMicrosecond(), Double::sum);
      }
    }
    sums.forEach(
        (way, sum) -> board.add(new Board.Turn(EngineRun.HIT, way, "JMH", "/µs"), sum / Race.LAPS));
    double ours = sum(sums, EngineRun.OURS);
    board.add(Figure.ENGINE_HIT, ours / sum(sums, EngineRun.GET_IF_PRESENT));
    board.add(Figure.ENGINE_EXPIRING, ours / sum(sums, EngineRun.GET_IF_PRESENT_EXPIRING));
    board.add(Figure.ENGINE_CLOCK, ours / sum(sums, EngineRun.GET_IF_PRESENT_AND_CLOCK));
  }

  @Override
  public void close() {}

  private static double sum(Map<String, Double> sums, String way) {
    Double sum = sums.get(way);
    if (sum == null) {
      throw new IllegalStateException("JMH has not measured " + way);
    }
    return sum;
  }
}

package io.loadonce.bench.speed.scene;

import io.loadonce.bench.speed.engine.EngineRun;
import io.loadonce.bench.speed.engine.EngineRun.Score;
import java.util.List;

/** The engine's hit against Caffeine's own, by JMH, in a JVM that JMH starts. */
final class EngineScene implements Scene {

  private final EngineRun run;

  private EngineScene(EngineRun run) {
    this.run = run;
  }

  static Scene open(Lab lab) {
    return new EngineScene(new EngineRun(lab.plan().turn(), /* forks= */ 1));
  }

  @Override
  public void round(int number, Board board) {
    List<Score> scores = run.hits();
    double ours = score(scores, EngineRun.OURS);
    for (Score score : scores) {
      board.add(
          new Board.Turn(score.benchmark(), score.way(), "JMH", "/µs"),
          score.callsPerMicrosecond());
    }
    board.add(Figure.ENGINE_HIT, ours / score(scores, EngineRun.GET_IF_PRESENT));
    board.add(Figure.ENGINE_EXPIRING, ours / score(scores, EngineRun.GET_IF_PRESENT_EXPIRING));
    board.add(Figure.ENGINE_CLOCK, ours / score(scores, EngineRun.GET_IF_PRESENT_AND_CLOCK));
  }

  @Override
  public void close() {}

  private static double score(List<Score> scores, String way) {
    return scores.stream()
        .filter(score -> score.way().equals(way))
        .mapToDouble(Score::callsPerMicrosecond)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("JMH has not measured " + way));
  }
}

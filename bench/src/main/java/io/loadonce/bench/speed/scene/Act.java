package io.loadonce.bench.speed.scene;

import static io.loadonce.bench.speed.scene.Figure.ALLOCATION;
import static io.loadonce.bench.speed.scene.Figure.BATCH_REDIS;
import static io.loadonce.bench.speed.scene.Figure.COLD_HITS;
import static io.loadonce.bench.speed.scene.Figure.COLD_JDBC;
import static io.loadonce.bench.speed.scene.Figure.COLD_P50;
import static io.loadonce.bench.speed.scene.Figure.COLD_QUERIES;
import static io.loadonce.bench.speed.scene.Figure.COLD_SINGLE;
import static io.loadonce.bench.speed.scene.Figure.ENGINE_CLOCK;
import static io.loadonce.bench.speed.scene.Figure.ENGINE_EXPIRING;
import static io.loadonce.bench.speed.scene.Figure.ENGINE_HIT;
import static io.loadonce.bench.speed.scene.Figure.HERD_ENGINE;
import static io.loadonce.bench.speed.scene.Figure.HERD_GRPC;
import static io.loadonce.bench.speed.scene.Figure.HERD_QUERIES;
import static io.loadonce.bench.speed.scene.Figure.HITS_ECHO;
import static io.loadonce.bench.speed.scene.Figure.HITS_ECHO_H2LOAD;
import static io.loadonce.bench.speed.scene.Figure.HITS_JDBC;
import static io.loadonce.bench.speed.scene.Figure.HITS_PLAIN;
import static io.loadonce.bench.speed.scene.Figure.HITS_PLAIN_H2LOAD;
import static io.loadonce.bench.speed.scene.Figure.HITS_REDIS;
import static io.loadonce.bench.speed.scene.Figure.LOAD_COMPARE;
import static io.loadonce.bench.speed.scene.Figure.LOAD_H2LOAD;
import static io.loadonce.bench.speed.scene.Figure.LOAD_P50;
import static io.loadonce.bench.speed.scene.Figure.LOAD_RATE;
import static io.loadonce.bench.speed.scene.Figure.LOAD_SCENARIOS;
import static io.loadonce.bench.speed.scene.Figure.LOAD_STANDSTILL;
import static io.loadonce.bench.speed.scene.Figure.NEIGHBOUR_P99;
import static io.loadonce.bench.speed.scene.Figure.OBSERVED_COLD;
import static io.loadonce.bench.speed.scene.Figure.OBSERVED_HITS;

import com.google.common.collect.ImmutableSet;
import com.google.errorprone.annotations.Immutable;
import io.loadonce.bench.speed.contender.RedisServer;
import io.loadonce.bench.speed.drive.H2load;
import io.loadonce.bench.speed.drive.RedisBenchmark;
import java.io.IOException;
import java.sql.SQLException;

/** The scenes in their order, and the figures that each of them measures. */
public enum Act {
  ENGINE(ImmutableSet.of(ENGINE_HIT, ENGINE_EXPIRING, ENGINE_CLOCK), EngineScene::open),
  HITS(
      ImmutableSet.of(HITS_ECHO, HITS_PLAIN),
      lab -> HitScene.open(lab, GetDriver.CLOSED_LOOP, HITS_ECHO, HITS_PLAIN)),
  HITS_H2LOAD(
      ImmutableSet.of(HITS_ECHO_H2LOAD, HITS_PLAIN_H2LOAD),
      lab -> HitScene.open(lab, GetDriver.H2LOAD, HITS_ECHO_H2LOAD, HITS_PLAIN_H2LOAD)),
  ALLOCATED(ImmutableSet.of(ALLOCATION), AllocationScene::open),
  REDIS(ImmutableSet.of(HITS_REDIS, BATCH_REDIS), RedisScene::open),
  COLD(
      ImmutableSet.of(COLD_HITS, COLD_SINGLE, COLD_QUERIES, COLD_JDBC, HITS_JDBC), ColdScene::open),
  PACE(ImmutableSet.of(COLD_P50), PaceScene::open),
  NEIGHBOUR(ImmutableSet.of(NEIGHBOUR_P99), NeighbourScene::open),
  DRIVER(ImmutableSet.of(LOAD_H2LOAD, LOAD_P50, LOAD_RATE), DriverScene::open),
  STANDSTILL(ImmutableSet.of(LOAD_STANDSTILL), StandstillScene::open),
  SCENARIOS(ImmutableSet.of(LOAD_SCENARIOS), ScenarioScene::open),
  COMPARE(ImmutableSet.of(LOAD_COMPARE), CompareScene::open),
  OBSERVED(ImmutableSet.of(OBSERVED_HITS, OBSERVED_COLD), ObservedScene::open),
  HERD(ImmutableSet.of(HERD_ENGINE, HERD_GRPC, HERD_QUERIES), HerdScene::open);

  private final ImmutableSet<Figure> figures;
  private final Opening opening;

  Act(ImmutableSet<Figure> figures, Opening opening) {
    this.figures = figures;
    this.opening = opening;
  }

  @Immutable
  private interface Opening {
    Scene open(Lab lab) throws IOException, InterruptedException, SQLException;
  }

  public ImmutableSet<Figure> figures() {
    return figures;
  }

  /** Whether the programs that it needs are installed. */
  public boolean isPossible() {
    return switch (this) {
      case HITS_H2LOAD, DRIVER -> H2load.isInstalled();
      case REDIS ->
          H2load.isInstalled() && RedisBenchmark.isInstalled() && RedisServer.isInstalled();
      case ENGINE,
          HITS,
          ALLOCATED,
          COLD,
          PACE,
          NEIGHBOUR,
          STANDSTILL,
          SCENARIOS,
          COMPARE,
          OBSERVED,
          HERD ->
          true;
    };
  }

  /** Opens the scene, runs all of its rounds and closes it. Blocks until then. */
  public void play(Lab lab, Board board) throws IOException, InterruptedException, SQLException {
    board.say("warming up: " + this);
    try (Scene scene = opening.open(lab)) {
      for (int i = 0; i < lab.plan().rounds(); i++) {
        board.say("%s, round %d of %d".formatted(this, i + 1, lab.plan().rounds()));
        scene.round(i, board);
      }
    }
  }
}

package io.loadonce.bench.speed.scene;

import io.grpc.MethodDescriptor;
import io.loadonce.bench.speed.contender.ServerProcess;
import io.loadonce.bench.speed.drive.ClosedLoop;
import io.loadonce.bench.speed.drive.Driven;
import io.loadonce.bench.speed.drive.H2load;
import io.loadonce.bench.speed.drive.RawCalls;
import io.loadonce.bench.speed.drive.Requests;
import java.io.IOException;
import java.time.Duration;

/** The load generators that send Gets whose rows are cached. */
enum GetDriver {
  /** Our own, which requests a thousand ids. */
  CLOSED_LOOP("closed loop") {
    @Override
    Driven run(ServerProcess server, ClosedLoop loop, SpeedPlan plan, Duration time)
        throws InterruptedException {
      return loop.run(
          RawCalls.GET,
          Requests.anyOf(Requests.gets(0, HOT_IDS, plan.rows())),
          plan.inFlight(),
          time);
    }
  },

  /** The one written in C, which requests one id. */
  H2LOAD("h2load") {
    @Override
    Driven run(ServerProcess server, ClosedLoop loop, SpeedPlan plan, Duration time)
        throws IOException, InterruptedException {
      return h2load(server, plan, time);
    }
  };

  /** How many ids are requested; all are in the cache. */
  static final int HOT_IDS = 1_000;

  private static final Duration LOADING = Duration.ofSeconds(60);

  /** One of them. */
  static final long HOT_ID = 1;

  private final String title;

  GetDriver(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /** Sends calls for the given time; blocks until then. */
  abstract Driven run(ServerProcess server, ClosedLoop loop, SpeedPlan plan, Duration time)
      throws IOException, InterruptedException;

  /** Sends calls by {@code h2load} for the given time; blocks until then. */
  static Driven h2load(ServerProcess server, SpeedPlan plan, Duration time)
      throws IOException, InterruptedException {
    return H2load.run(
        server.port(),
        RawCalls.GET,
        RawCalls.get(HOT_ID),
        plan.connections(),
        plan.inFlight(),
        time);
  }

  /** Loads the ids into the cache. Blocks until they are there. */
  static void load(ClosedLoop loop, SpeedPlan plan) throws InterruptedException {
    load(loop, RawCalls.GET, Requests.gets(0, HOT_IDS, plan.rows()), plan);
  }

  /** Makes each of the calls once, however long that takes. */
  static void load(
      ClosedLoop loop, MethodDescriptor<byte[], Integer> method, byte[][] requests, SpeedPlan plan)
      throws InterruptedException {
    var _ = loop.run(method, Requests.once(requests), plan.inFlight(), LOADING);
  }
}

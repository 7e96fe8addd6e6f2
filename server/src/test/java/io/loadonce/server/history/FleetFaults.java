package io.loadonce.server.history;

import io.loadonce.server.tier.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.args.ClientType;

/** Makes Redis fail in one way after the other while a history runs, until this is closed. */
public final class FleetFaults implements AutoCloseable {

  /** Longer than an instance serves cached rows without a heartbeat. */
  private static final Duration LONG = FleetSubject.SENT_BOUND.plusMillis(400);

  private static final Duration SHORT = Duration.ofMillis(150);

  /** So long that rows of the dump are invalidated, and writers that waited for Redis write. */
  private static final Duration AGE_OF_DUMP = Duration.ofMillis(600);

  /** From the moment at which all instances are connected again: they put rows into Redis. */
  private static final Duration BETWEEN = Duration.ofMillis(300);

  private enum Fault {
    /** The rows of the dump are older than those that were invalidated since. */
    RESTARTED_FROM_AN_OLD_DUMP {
      @Override
      void happen(FleetFaults faults) throws IOException, InterruptedException {
        try (Jedis connection = faults.redis.connect()) {
          connection.save();
        }
        faults.loop.waitFor(AGE_OF_DUMP);
        faults.redis.restart();
      }
    },

    /** Commands are done, and no instance receives a message. */
    NO_SUBSCRIBERS {
      @Override
      void happen(FleetFaults faults) throws InterruptedException {
        try (Jedis connection = faults.redis.connect()) {
          connection.aclSetUser("default", "-subscribe");
          cutSubscribers(connection);
          faults.loop.waitFor(LONG);
          connection.aclSetUser("default", "+subscribe");
        }
      }
    },

    KILLED {
      @Override
      void happen(FleetFaults faults) throws IOException, InterruptedException {
        faults.redis.kill();
        faults.loop.waitFor(faults.random.nextBoolean() ? LONG : SHORT);
        faults.redis.discardDump();
        faults.redis.begin();
      }
    },

    STANDS_STILL {
      @Override
      void happen(FleetFaults faults) throws IOException, InterruptedException {
        faults.standStill(SHORT);
        faults.loop.waitFor(SHORT);
        faults.standStill(LONG);
      }
    },

    EMPTIED {
      @Override
      void happen(FleetFaults faults) throws InterruptedException {
        for (int i = 0; i < REPEATED; i++) {
          try (Jedis connection = faults.redis.connect()) {
            connection.flushAll();
          }
          faults.loop.waitFor(Duration.ofMillis(faults.random.nextInt(20)));
        }
      }
    },

    SUBSCRIBERS_CUT {
      @Override
      void happen(FleetFaults faults) throws InterruptedException {
        for (int i = 0; i < REPEATED; i++) {
          try (Jedis connection = faults.redis.connect()) {
            cutSubscribers(connection);
          }
          faults.loop.waitFor(Duration.ofMillis(faults.random.nextInt(100)));
        }
      }
    };

    private static final int REPEATED = 8;

    /** Blocks until the fault is over. */
    abstract void happen(FleetFaults faults) throws IOException, InterruptedException;

    private static void cutSubscribers(Jedis connection) {
      connection.sendCommand(Protocol.Command.CLIENT, "KILL", "TYPE", "pubsub");
    }
  }

  private final RedisServer redis;
  private final List<Fault> faults;
  private final SplittableRandom random;
  private final FaultLoop loop = new FaultLoop();

  private FleetFaults(RedisServer redis, long seed, List<Fault> faults) {
    this.redis = redis;
    this.faults = faults;
    this.random = new SplittableRandom(seed);
    loop.start(this::round);
  }

  public static FleetFaults start(RedisServer redis, long seed) {
    return new FleetFaults(redis, seed, List.of(Fault.values()));
  }

  /** Restarts Redis from an old dump, again and again. */
  public static FleetFaults onlyRestarts(RedisServer redis, long seed) {
    return new FleetFaults(redis, seed, List.of(Fault.RESTARTED_FROM_AN_OLD_DUMP));
  }

  /** How many times every fault has happened. */
  public int rounds() {
    return loop.rounds();
  }

  /** Ends the faults; Redis runs again when this returns. */
  @Override
  public void close() {
    loop.close();
  }

  private boolean round() throws IOException, InterruptedException {
    for (Fault fault : faults) {
      if (isClosedBeforeAllAreConnected() || loop.waitFor(BETWEEN)) {
        return false;
      }
      fault.happen(this);
    }
    return true;
  }

  private boolean isClosedBeforeAllAreConnected() throws InterruptedException {
    try (Jedis connection = redis.connect()) {
      while (!loop.waitFor(Duration.ofMillis(20))) {
        if (connection.clientList(ClientType.PUBSUB).lines().count() >= FleetSubject.INSTANCES) {
          return false;
        }
      }
    }
    return true;
  }

  private void standStill(Duration duration) throws IOException, InterruptedException {
    redis.suspend();
    try {
      loop.waitFor(duration);
    } finally {
      redis.resume();
    }
  }
}

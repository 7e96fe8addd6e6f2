package io.loadonce.bench.speed.drive;

import io.loadonce.client.ClientSettings;
import io.loadonce.client.ResourceClient;
import io.loadonce.commands.load.IdDistribution;
import io.loadonce.commands.load.IdPool;
import io.loadonce.commands.load.LatencyRecorder.Latencies;
import io.loadonce.commands.load.LoadPlan;
import io.loadonce.commands.load.LoadResult;
import io.loadonce.commands.load.LoadRun;
import io.loadonce.commands.load.Rates;
import io.loadonce.commands.load.RequestMix;
import io.loadonce.commands.load.record.Series;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The load test that {@code ./loadonce load} runs, in this process. For one thread. */
public final class LoadTest implements AutoCloseable {

  /** Enough for half of the highest rate with 50 ms for each call. */
  private static final int CALLERS = 20_000;

  private static final RequestMix MIX =
      RequestMix.of(IdPool.parse("1..1000"), new IdDistribution.Uniform(), /* batch= */ 1);

  private final List<ResourceClient> clients;

  /** Connects when the first run begins. */
  public LoadTest(int port, int connections) {
    ClientSettings settings =
        ClientSettings.forTarget("127.0.0.1:" + port)
            .withMaxAttempts(1)
            .withCallbacks(ClientSettings.Callbacks.EVENT_LOOP);
    this.clients = Stream.generate(() -> ResourceClient.open(settings)).limit(connections).toList();
  }

  /** A closed loop. Blocks until the last reply. */
  public Driven run(int callers, Duration time) throws InterruptedException {
    LoadResult result = run(Optional.empty(), callers, Duration.ZERO, time);
    return new Driven(result.succeeded(), result.elapsed());
  }

  /** The latencies of a closed loop. Blocks until the last reply. */
  public Latencies latencies(int callers, Duration warmUp, Duration time)
      throws InterruptedException {
    return run(Optional.empty(), callers, warmUp, time).latencies();
  }

  /** An open loop. Blocks until the last reply. */
  public LoadResult run(int rate, Duration warmUp, Duration time) throws InterruptedException {
    return run(Optional.of(Rates.steady(rate + "/s", rate, time)), CALLERS, warmUp, time);
  }

  /**
   * @throws IllegalStateException if a call failed, since there is no rate to report then
   */
  private LoadResult run(Optional<Rates> rates, int callers, Duration warmUp, Duration time)
      throws InterruptedException {
    LoadPlan plan =
        new LoadPlan(
            MIX,
            callers,
            clients.size(),
            rates,
            new LoadPlan.Length.Lasting(time),
            /* invalidations= */ Optional.empty(),
            /* affinity= */ 0,
            warmUp,
            /* seed= */ 1);
    LoadResult result = new LoadRun(clients, plan).run(_ -> {}, new Series(() -> null, _ -> {}));
    if (result.failed() > 0) {
      throw new IllegalStateException("calls failed: " + result.reasons());
    }
    return result;
  }

  @Override
  public void close() {
    clients.forEach(ResourceClient::close);
  }
}

package io.loadonce.bench.reliability.fleet;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import io.loadonce.bench.reliability.Page;
import io.loadonce.bench.reliability.Scores;
import io.loadonce.bench.reliability.Section;
import io.loadonce.v1.GetResponse;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** Three instances with Redis beside one without, and then three without. */
public final class FleetSection implements Section {

  private static final long SEED = 20_261_128;
  private static final int INSTANCES = 3;

  /** Calls of cold ids before the first figure, so that the instances have compiled their code. */
  private static final int WARM_UP_GROUPS = 100;

  private static final int WARM_UP_GROUP = 40;

  @Override
  public String name() {
    return "fleet";
  }

  @Override
  public String title() {
    return "Three instances in processes of their own share a Redis, beside one instance without"
        + " it; then three instances without Redis are called by clients with affinity. PostgreSQL"
        + " counts the queries and the rows.";
  }

  @Override
  public Page page() {
    return Page.FLEET;
  }

  @Override
  public void run(Scores scores, boolean isQuick)
      throws IOException, InterruptedException, SQLException, ExecutionException {
    Sizes sizes = isQuick ? Sizes.QUICK : Sizes.FULL;
    try (FleetLab lab = FleetLab.start()) {
      Member alone = lab.start(/* usesRedis= */ false);
      FourthInstance.Caused with = withRedis(lab, alone, sizes, scores);
      List<Member> others = lab.start(INSTANCES - 1, /* usesRedis= */ false);
      List<Member> fleet = List.of(alone, others.getFirst(), others.getLast());
      warmUp(lab, fleet);
      FourthInstance fourth = new FourthInstance(lab, scores);
      fourth.judge(
          with,
          fourth.measure(fleet, /* usesRedis= */ false, sizes.fourth(), SEED),
          sizes.fourth());
      new AffinityFigures(lab, fleet, scores).run(sizes, SEED);
    }
  }

  private static FourthInstance.Caused withRedis(
      FleetLab lab, Member alone, Sizes sizes, Scores scores)
      throws IOException, InterruptedException, SQLException, ExecutionException {
    List<Member> fleet = lab.start(INSTANCES, /* usesRedis= */ true);
    warmUp(lab, List.of(alone, fleet.get(0), fleet.get(1), fleet.get(2)));
    Storm storm = new Storm(lab, fleet.get(0), fleet.get(1), alone, scores);
    storm.unknownToAll(sizes);
    storm.warmInRedis(sizes);
    new HungRedis(lab, fleet.getFirst(), alone, scores).run(sizes);
    FleetLab.awaitUsable(fleet);
    FourthInstance.Caused fourth =
        new FourthInstance(lab, scores).measure(fleet, /* usesRedis= */ true, sizes.fourth(), SEED);
    new ColdHerds(lab, fleet, scores).run(sizes, SEED);
    lab.end(fleet);
    return fourth;
  }

  /** One group of calls after the other, so that a busy machine takes longer and queues nothing. */
  private static void warmUp(FleetLab lab, List<Member> instances)
      throws InterruptedException, ExecutionException {
    for (int group = 0; group < WARM_UP_GROUPS; group++) {
      List<ListenableFuture<GetResponse>> replies = new ArrayList<>();
      for (int id : lab.newIds(WARM_UP_GROUP)) {
        replies.add(instances.get(id % instances.size()).get(id));
      }
      // These calls do not count, also if one fails.
      var _ = Futures.successfulAsList(replies).get();
    }
  }
}

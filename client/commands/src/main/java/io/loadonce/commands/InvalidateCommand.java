package io.loadonce.commands;

import io.loadonce.client.ClientSettings;
import io.loadonce.client.Invalidation;
import io.loadonce.client.Invalidation.Strength;
import io.loadonce.client.LoadonceException;
import io.loadonce.client.ResourceClient;
import io.loadonce.client.RowKey;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code invalidate ID…}: removes rows from the cache of a server, so that the next call loads them
 * from the database, and prints what was removed as one JSON object.
 */
@Command(
    name = "invalidate",
    description = {
      "Removes the rows of the given ids, or of one key, from the cache of the server, so that the"
          + " next call loads them from the database. It reaches the server of --target, and the"
          + " instances with which that one shares a store.",
      "Exit code 0 if they were invalidated, also if none was cached, else 1."
    })
final class InvalidateCommand implements Callable<Integer> {

  private final PrintWriter out;
  private final PrintWriter err;

  @Mixin private final ConnectionFlags flags = new ConnectionFlags();

  @Mixin private final RowFlags rows = new RowFlags();

  @Option(
      names = "--all",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description =
          "Invalidate everything of the lookup, in place of ids. The database then gets a query for"
              + " each id that is requested next. Default: false.")
  private boolean all;

  @Option(
      names = "--strength",
      paramLabel = "sent|seen",
      description =
          "What is known of the other instances at the end. With sent, the invalidation was sent to"
              + " them. With seen, none of them returns a row any more that was read before; that"
              + " takes 2 s or so if one does not answer, and the command fails if it cannot be"
              + " sent. Default: sent.")
  private Strength strength = Strength.SENT;

  InvalidateCommand(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    ClientSettings settings = flags.settings(ClientSettings.DEFAULT_MAX_ATTEMPTS);
    List<RowKey> keys = keys();
    try (ResourceClient client = ResourceClient.open(settings)) {
      Invalidation done =
          all ? client.invalidateAll(rows.lookup(), strength) : invalidate(client, keys);
      out.println(
          ("{\"entriesRemoved\":%d,\"flightsFenced\":%d"
                  + ",\"instancesReached\":%d,\"instancesWaitedOut\":%d}")
              .formatted(
                  done.entriesRemoved(),
                  done.flightsFenced(),
                  done.instancesReached(),
                  done.instancesWaitedOut()));
      return 0;
    } catch (LoadonceException e) {
      err.println("loadonce: %s: %s".formatted(settings.target(), e.getMessage()));
      return Main.FAILED;
    }
  }

  private List<RowKey> keys() {
    if (!all) {
      return rows.keys();
    }
    if (!rows.isEmpty()) {
      throw new IllegalArgumentException(
          "there are both --all and an ID or --key; --all invalidates everything of the lookup");
    }
    return List.of();
  }

  private Invalidation invalidate(ResourceClient client, List<RowKey> keys) {
    List<Invalidation> done = new ArrayList<>();
    for (int from = 0; from < keys.size(); from += ResourceClient.MAX_IDS_PER_CALL) {
      int to = Math.min(keys.size(), from + ResourceClient.MAX_IDS_PER_CALL);
      done.add(client.invalidateKeys(keys.subList(from, to), strength));
    }
    return done.stream().reduce(Invalidation::plus).orElseThrow();
  }
}

package io.loadonce.server.tier;

import io.loadonce.db.lookup.Key;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What Redis holds for an id, in words for a person. Changes nothing there. Never blocks; safe for
 * use by many threads.
 */
final class Peek {

  private static final double MILLIS_PER_SECOND = 1e3;

  private final Space space;
  private final Exchange exchange;

  Peek(Space space, Exchange exchange) {
    this.space = space;
    this.exchange = exchange;
  }

  /** Returns the words; they say so if Redis does not answer. */
  CompletableFuture<String> of(Key id) {
    String text = Space.text(id);
    CompletableFuture<String> words = new CompletableFuture<>();
    exchange.offer(
        new Command(
            to -> {
              String epochKey = to.epochKey(space);
              to.run(Script.PEEK, List.of(epochKey, epochKey + ":" + text));
              return 1;
            },
            reply -> words.complete(words(text, (List<?>) reply)),
            () -> words.complete("cannot be reached at present"),
            /* bytes= */ 0));
    return words;
  }

  private static String words(String id, List<?> reply) {
    return switch (((byte[]) reply.getFirst())[0]) {
      case 'V' -> words(TierValue.decode(id, (byte[]) reply.get(2)), (Long) reply.get(1));
      case 'L' -> "has no row of the id; an instance has the lease to load it";
      case 'X' -> "has no row of the id, because it is larger than --redis-max-value-bytes";
      default -> "has nothing for the id";
    };
  }

  private static String words(@Nullable TierValue value, long leftMillis) {
    if (value == null) {
      return "has a damaged value for the id, which is not used";
    }
    String what =
        value.row() == null
            ? "a cached \"not found\""
            : "a row of %,d bytes, version %d".formatted(value.row().sizeBytes(), value.version());
    return "%s, read from the database %s ago, expires in %s"
        .formatted(what, seconds(value.wholeMillis() - leftMillis), seconds(leftMillis));
  }

  private static String seconds(long millis) {
    return String.format(Locale.ROOT, "%.3f s", Math.max(0, millis) / MILLIS_PER_SECOND);
  }
}

package io.loadonce.server.tier;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import io.loadonce.server.cache.CacheSettings;
import io.loadonce.server.load.Outcome;
import io.loadonce.server.lock.Flight;
import io.loadonce.server.lookup.EncodedRow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The leases of the flights of one lookup that this instance loads, and what becomes of them: the
 * row is put into Redis, or the lease is returned. Never blocks; safe for use by many threads.
 */
final class Leases {

  /** For a flight whose row is too large for Redis. */
  private static final String NONE = "";

  private static final byte[] NO_VALUE = new byte[0];
  private static final long MOST_MILLIS = 999_999_999_999L;
  private static final int LONGEST_TEXT = 500;

  private final Space space;
  private final Fleet fleet;
  private final Supplier<CacheSettings> times;
  private final Exchange exchange;
  private final Removals removals;
  private final TierCounts counts;
  private final LongSupplier nanoClock;

  /** The nonces of the flights that were passed on. */
  private final Map<Flight<Key, Outcome<EncodedRow>>, String> nonces = new ConcurrentHashMap<>();

  Leases(
      Space space,
      Fleet fleet,
      Supplier<CacheSettings> times,
      Exchange exchange,
      Removals removals,
      TierCounts counts,
      LongSupplier nanoClock) {
    this.space = space;
    this.fleet = fleet;
    this.times = times;
    this.exchange = exchange;
    this.removals = removals;
    this.counts = counts;
    this.nanoClock = nanoClock;
  }

  /** A flight is about to be loaded with a lease. */
  void took(Flight<Key, Outcome<EncodedRow>> flight, String nonce) {
    nonces.put(flight, nonce);
  }

  /** A flight is about to be loaded, and its row will not be shared. */
  void isNotNeeded(Flight<Key, Outcome<EncodedRow>> flight) {
    nonces.put(flight, NONE);
  }

  /** Returns the leases of flights that have ended without an outcome. */
  void releaseOver() {
    nonces.forEach(
        (flight, nonce) -> {
          if (flight.isOver() && nonces.remove(flight, nonce) && !nonce.equals(NONE)) {
            release(flight.id(), nonce, Message.Failure.NONE, "");
          }
        });
  }

  /** Puts the outcome of a load into Redis; returns whether the flight was noted here. */
  boolean ended(
      Flight<Key, Outcome<EncodedRow>> flight, Outcome<EncodedRow> outcome, long readNanos) {
    String nonce = nonces.remove(flight);
    if (nonce == null || nonce.equals(NONE)) {
      return nonce != null;
    }
    switch (outcome) {
      case Outcome.Found<EncodedRow> row ->
          land(flight.id(), nonce, row.value(), row.version(), times.get().timeToLive(), readNanos);
      case Outcome.Missing<EncodedRow> _ ->
          land(
              flight.id(),
              nonce,
              null,
              /* version= */ 0,
              times.get().negativeTimeToLive(),
              readNanos);
      case Outcome.Failed<EncodedRow>(SourceException reason) when !flight.isOver() ->
          release(flight.id(), nonce, failure(reason), String.valueOf(reason.getMessage()));
      case Outcome.Failed<EncodedRow> _,
          Outcome.NotLoaded<EncodedRow> _,
          Outcome.Outdated<EncodedRow> _,
          Outcome.Refused<EncodedRow> _,
          Outcome.TimedOut<EncodedRow> _ ->
          release(flight.id(), nonce, Message.Failure.NONE, "");
    }
    return true;
  }

  /**
   * A landing that cannot be done leaves Redis with something older than what callers have seen.
   */
  private void land(
      Key id,
      String nonce,
      @Nullable EncodedRow row,
      long version,
      Duration timeToLive,
      long readNanos) {
    long ageMillis = TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong() - readNanos) + 1;
    long wholeMillis = Math.min(timeToLive.toMillis(), MOST_MILLIS);
    if (ageMillis >= wholeMillis) {
      release(id, nonce, Message.Failure.NONE, "");
      return;
    }
    String text = Space.text(id);
    boolean isTooLarge = row != null && row.sizeBytes() > fleet.maxValueBytes();
    byte[] value = isTooLarge ? NO_VALUE : new TierValue(row, version, wholeMillis).encode(text);
    exchange.offer(
        new Command(
            to ->
                run(
                    to,
                    Script.LAND,
                    text,
                    nonce,
                    RedisConnection.bytes(isTooLarge ? "X" : "V"),
                    value,
                    RedisConnection.bytes(Long.toString(wholeMillis - ageMillis)),
                    RedisConnection.bytes(fleet.channel()),
                    wake(text, Message.Failure.NONE, "")),
            reply -> (reply.equals(1L) ? counts.landed : counts.landingsRefused).increment(),
            () -> removals.forget(List.of(id)),
            value.length));
  }

  private void release(Key id, String nonce, Message.Failure failure, String said) {
    String text = Space.text(id);
    exchange.offer(
        new Command(
            to ->
                run(
                    to,
                    Script.FAIL,
                    text,
                    nonce,
                    RedisConnection.bytes(fleet.channel()),
                    wake(text, failure, said)),
            _ -> {},
            () -> removals.forget(List.of(id)),
            said.length()));
  }

  private int run(RedisConnection to, Script script, String id, String nonce, byte[]... arguments) {
    String epochKey = to.epochKey(space);
    byte[][] all = new byte[2 + arguments.length][];
    all[0] = RedisConnection.bytes(fleet.instance());
    all[1] = RedisConnection.bytes(nonce);
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    to.run(script, List.of(epochKey, epochKey + ":" + id), all);
    return 1;
  }

  private byte[] wake(String id, Message.Failure failure, String said) {
    String shortened = said.length() > LONGEST_TEXT ? said.substring(0, LONGEST_TEXT) : said;
    return new Message.Wake(space.lookup(), space.fingerprint(), id, failure, shortened).encode();
  }

  private static Message.Failure failure(SourceException reason) {
    return switch (reason) {
      case SourceException.Unavailable _ -> Message.Failure.UNAVAILABLE;
      case SourceException.QueryFailed _ -> Message.Failure.QUERY_FAILED;
      case SourceException.InvalidRow _ -> Message.Failure.INVALID_ROW;
    };
  }
}

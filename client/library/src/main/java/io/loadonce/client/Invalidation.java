package io.loadonce.client;

import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.InvalidateResponse;

/**
 * What an invalidation removed, and which instances of the service it reached.
 *
 * @param entriesRemoved how many cached rows and cached "not found" answers were removed from the
 *     instance that was called; an estimate if everything was invalidated
 * @param flightsFenced how many loads of that instance were under way whose outcome will not be
 *     cached
 * @param instancesReached how many instances it was sent to, or have answered with {@link
 *     Strength#SEEN}; the called one included. 1 if the instances share no store.
 * @param instancesWaitedOut how many instances did not answer, so that the call waited until they
 *     served nothing old; 0 unless the strength is {@link Strength#SEEN}
 */
public record Invalidation(
    long entriesRemoved, long flightsFenced, int instancesReached, int instancesWaitedOut) {

  /** What is known of the other instances when the call returns. */
  public enum Strength {
    /** The invalidation was sent to them. */
    SENT(InvalidateRequest.Strength.STRENGTH_SENT),

    /**
     * None of them returns a row any more that was read before. The call fails with {@code
     * NOT_SENT} if this cannot be reached.
     */
    SEEN(InvalidateRequest.Strength.STRENGTH_SEEN);

    private final InvalidateRequest.Strength field;

    Strength(InvalidateRequest.Strength field) {
      this.field = field;
    }

    InvalidateRequest options() {
      return InvalidateRequest.newBuilder().setStrength(field).build();
    }
  }

  static Invalidation of(InvalidateResponse reply) {
    return new Invalidation(
        reply.getEntriesRemoved(),
        reply.getFlightsFenced(),
        reply.getInstancesReached(),
        reply.getInstancesWaitedOut());
  }

  /** Returns what both did: what was removed is added, and the instances are those of the worse. */
  public Invalidation plus(Invalidation other) {
    return new Invalidation(
        entriesRemoved + other.entriesRemoved,
        flightsFenced + other.flightsFenced,
        Math.min(instancesReached, other.instancesReached),
        Math.max(instancesWaitedOut, other.instancesWaitedOut));
  }
}

package io.loadonce.server.load;

/**
 * What an invalidation did.
 *
 * @param entries how many cached entries it removed; about, if everything was invalidated
 * @param flights how many loads under way it fenced
 */
public record Invalidation(long entries, long flights) {

  /** Nothing yet, to add to. */
  public static final Invalidation NOTHING = new Invalidation(0, 0);

  public Invalidation plus(Invalidation other) {
    return new Invalidation(entries + other.entries, flights + other.flights);
  }
}

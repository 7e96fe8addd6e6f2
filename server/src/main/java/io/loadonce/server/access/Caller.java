package io.loadonce.server.access;

import java.util.Optional;
import java.util.Set;

/**
 * A caller that has proved who it is. Immutable.
 *
 * @param name for people, in errors
 * @param lookups the only lookups that it may use; empty if it may use all
 */
public record Caller(String name, Set<Right> rights, Optional<Set<String>> lookups) {

  /** Every caller of a service without an access file: it may do everything. */
  public static final Caller ANYONE =
      new Caller("anyone", Set.of(Right.values()), Optional.empty());

  public Caller {
    rights = Set.copyOf(rights);
    lookups = lookups.map(Set::copyOf);
  }

  public boolean may(Right right) {
    return rights.contains(right);
  }

  public boolean mayUse(String lookup) {
    return lookups.isEmpty() || lookups.get().contains(lookup);
  }
}

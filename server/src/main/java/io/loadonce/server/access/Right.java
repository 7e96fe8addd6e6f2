package io.loadonce.server.access;

import java.util.Locale;

/** What a caller may do. A right includes no other one. */
public enum Right {
  /** Get, BatchGet and ListLookups. */
  READ,

  /** Invalidate. */
  INVALIDATE,

  /** The pages of the admin port, and channelz. */
  ADMIN;

  /** As the access file has it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

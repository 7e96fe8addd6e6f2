package io.loadonce.server.tier;

import io.loadonce.db.lookup.LookupSettings;

/** One lookup of this instance, with its stage. */
record Member(LookupSettings lookup, TierStage stage) {

  /** Whether the sender of a message has the same rows in Redis. */
  boolean hasFingerprint(String fingerprint) {
    return stage.space().fingerprint().equals(fingerprint);
  }
}

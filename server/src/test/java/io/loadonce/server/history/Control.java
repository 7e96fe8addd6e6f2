package io.loadonce.server.history;

/** The engine with a bug planted; what the judge says of it is known. */
enum Control {
  ENGINE_WITHOUT_FENCE(/* demands= */ 0) {
    @Override
    HistorySubject open(HistoryDatabase database) {
      return new WithoutFence(new LoadOnceSubject(database, Variant.SLOW_LOADS));
    }

    @Override
    int broken(Verdict verdict) {
      return verdict.stale();
    }
  },

  ENGINE_WITHOUT_MIN_VERSION(/* demands= */ 1 / 2.0) {
    @Override
    HistorySubject open(HistoryDatabase database) {
      return new WithoutMinVersion(new LoadOnceSubject(database, Variant.SLOW_LOADS));
    }

    @Override
    int broken(Verdict verdict) {
      return verdict.below();
    }
  };

  private final double demands;

  Control(double demands) {
    this.demands = demands;
  }

  /** The share of the reads that ask for a version. */
  double demands() {
    return demands;
  }

  abstract HistorySubject open(HistoryDatabase database);

  /** How many reads broke the promise that this control breaks. */
  abstract int broken(Verdict verdict);
}

package io.loadonce.server.history;

/** The engine with G2 broken: an invalidation removes the row and does not fence the flight. */
record WithoutFence(LoadOnceSubject engine) implements HistorySubject {

  @Override
  public Answer read(int id, long minVersion) throws InterruptedException {
    return engine.read(id, minVersion);
  }

  @Override
  public void invalidate(int id) {
    engine.forgetOnly(id);
  }

  @Override
  public void close() {
    engine.close();
  }
}

package io.loadonce.server.history;

/** The engine with G3 broken: min_version is ignored. */
record WithoutMinVersion(LoadOnceSubject engine) implements HistorySubject {

  @Override
  public Answer read(int id, long minVersion) throws InterruptedException {
    return engine.read(id, ReadLog.ANY);
  }

  @Override
  public void invalidate(int id) {
    engine.invalidate(id);
  }

  @Override
  public void close() {
    engine.close();
  }
}

package io.loadonce.bench.contenders;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.SourceException;
import io.loadonce.server.history.HistorySubject;

/** A contender whose history is judged. It knows nothing of {@code min_version}. */
record ContenderSubject(Contender contender) implements HistorySubject {

  @Override
  public Answer read(int id, long minVersion) throws InterruptedException {
    try {
      return new Answer.Row(contender.get(key(id)).row().version());
    } catch (SourceException e) {
      return new Answer.NoAnswer(e.toString());
    }
  }

  @Override
  public void invalidate(int id) {
    contender.invalidate(key(id));
  }

  @Override
  public void close() {
    contender.close();
  }

  private static Key key(int id) {
    return Key.of(Integer.toString(id));
  }
}

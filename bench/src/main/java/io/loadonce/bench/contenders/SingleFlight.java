package io.loadonce.bench.contenders;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.loadonce.bench.contenders.Answer.Way;
import io.loadonce.db.form.Row;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Single-flight against cache penetration, as the Python article does it: a map of calls. The first
 * caller puts a call into it and loads, later ones wait on the call's condition, all get its
 * outcome, then the key is removed. There is no second look: a caller that missed before the row
 * was cached, and reaches the map after the key was removed, loads again.
 */
public final class SingleFlight implements Contender {
  private final ConcurrentMap<Key, Row> memory = new ConcurrentHashMap<>();
  private final RowLoader loader;
  private final ReentrantLock mutex = new ReentrantLock();

  @GuardedBy("mutex")
  private final Map<Key, Call> calls = new HashMap<>();

  public SingleFlight(Source<Key, Row> source) {
    this.loader = new RowLoader(source);
  }

  @Override
  public Answer get(Key id) throws SourceException, InterruptedException {
    Row hit = memory.get(id);
    if (hit != null) {
      return new Answer(hit, Way.MEMORY);
    }
    Call mine = new Call();
    Call first = register(id, mine);
    if (first != null) {
      return new Answer(first.await(), Way.WAITED);
    }
    return new Answer(load(id, mine), Way.QUERIED);
  }

  @Override
  public void invalidate(Key id) {
    memory.remove(id);
  }

  private @Nullable Call register(Key id, Call call) {
    mutex.lock();
    try {
      return calls.putIfAbsent(id, call);
    } finally {
      mutex.unlock();
    }
  }

  private Row load(Key id, Call call) throws SourceException {
    SourceException failure = new SourceException.QueryFailed("the load failed", /* cause= */ null);
    Row row = null;
    try {
      row = loader.load(id);
      memory.put(id, row);
      return row;
    } catch (SourceException e) {
      failure = e;
      throw e;
    } finally {
      call.end(row, failure);
      mutex.lock();
      try {
        calls.remove(id);
      } finally {
        mutex.unlock();
      }
    }
  }

  /** A load under way, and its outcome. */
  private static final class Call {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();

    /** Set once, when the call has ended; the row is null if the load failed. */
    @GuardedBy("lock")
    private @Nullable SourceException failure;

    @GuardedBy("lock")
    private @Nullable Row row;

    Row await() throws SourceException, InterruptedException {
      lock.lockInterruptibly();
      try {
        while (failure == null) {
          ended.await();
        }
        if (row == null) {
          throw Objects.requireNonNull(failure);
        }
        return row;
      } finally {
        lock.unlock();
      }
    }

    void end(@Nullable Row loaded, SourceException otherwise) {
      lock.lock();
      try {
        row = loaded;
        failure = otherwise;
        ended.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}

package io.loadonce.db.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.loadonce.db.source.SourceException;
import java.lang.reflect.Proxy;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the drivers' own guards would hide: that ours holds without them. */
final class CancellationTest {

  private final AtomicInteger cancels = new AtomicInteger();
  private final CountDownLatch mayCancel = new CountDownLatch(1);

  /** Its cancel takes until the test lets it through. */
  private final Statement statement =
      (Statement)
          Proxy.newProxyInstance(
              Statement.class.getClassLoader(),
              new Class<?>[] {Statement.class},
              (_, method, _) -> {
                assertThat(method.getName()).isEqualTo("cancel");
                cancels.incrementAndGet();
                mayCancel.await();
                return null;
              });

  private final Cancellation cancellation = new Cancellation();

  @Test
  void cancel_afterEnd_reachesNoStatement() throws SourceException {
    mayCancel.countDown();
    cancellation.begin(statement);
    assertThat(cancellation.end()).isFalse();

    cancellation.cancel();

    assertThat(cancels).hasValue(0);
  }

  @Test
  void cancel_twice_reachesTheStatementOnce() throws SourceException {
    mayCancel.countDown();
    cancellation.begin(statement);

    cancellation.cancel();
    cancellation.cancel();

    assertThat(cancels).hasValue(1);
    assertThat(cancellation.end()).isTrue();
  }

  @Test
  void end_whileCancelIsOnItsWay_waitsForIt() throws Exception {
    cancellation.begin(statement);
    Thread canceller = Thread.ofVirtual().start(cancellation::cancel);
    await().until(() -> cancels.get() == 1);
    Thread runner = Thread.ofVirtual().start(cancellation::end);

    await().until(() -> runner.getState() == Thread.State.WAITING);
    mayCancel.countDown();

    runner.join();
    canceller.join();
  }
}

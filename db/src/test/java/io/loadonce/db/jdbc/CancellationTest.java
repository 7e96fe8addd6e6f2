package io.loadonce.db.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.loadonce.db.source.SourceException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the drivers' own guards would hide: that ours holds without them. */
final class CancellationTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  private final AtomicInteger cancels = new AtomicInteger();
  private final CountDownLatch mayCancel = new CountDownLatch(1);

  private final AtomicInteger aborts = new AtomicInteger();
  private final Connection connection =
      (Connection)
          Proxy.newProxyInstance(
              Connection.class.getClassLoader(),
              new Class<?>[] {Connection.class},
              (_, method, _) -> {
                assertThat(method.getName()).isEqualTo("abort");
                aborts.incrementAndGet();
                return null;
              });

  /** Its cancel takes until the test lets it through. */
  private final Statement statement =
      (Statement)
          Proxy.newProxyInstance(
              Statement.class.getClassLoader(),
              new Class<?>[] {Statement.class},
              (_, method, _) -> {
                if (method.getName().equals("getConnection")) {
                  return connection;
                }
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

    cancellation.cancel(LONG);

    assertThat(cancels).hasValue(0);
  }

  @Test
  void cancel_twice_reachesTheStatementOnce() throws SourceException {
    mayCancel.countDown();
    cancellation.begin(statement);

    cancellation.cancel(Duration.ZERO);
    cancellation.cancel(Duration.ZERO);

    assertThat(cancels).hasValue(1);
    assertThat(cancellation.end()).isTrue();
  }

  @Test
  void end_whileCancelIsOnItsWay_waitsForIt() throws Exception {
    cancellation.begin(statement);
    Thread canceller = Thread.ofVirtual().start(() -> cancellation.cancel(LONG));
    await().until(() -> cancels.get() == 1);
    Thread runner = Thread.ofVirtual().start(cancellation::end);

    await().until(() -> runner.getState() == Thread.State.WAITING);
    mayCancel.countDown();

    runner.join();
    canceller.join();
  }

  @Test
  void cancel_statementEndsMeanwhile_connectionIsKept() throws Exception {
    mayCancel.countDown();
    cancellation.begin(statement);
    Thread canceller = Thread.ofVirtual().start(() -> cancellation.cancel(LONG));
    await().until(() -> canceller.getState() == Thread.State.TIMED_WAITING);

    assertThat(cancellation.end()).isTrue();

    canceller.join();
    assertThat(aborts).hasValue(0);
  }

  @Test
  void cancel_statementDoesNotEnd_connectionIsClosed() throws SourceException {
    mayCancel.countDown();
    cancellation.begin(statement);

    cancellation.cancel(Duration.ofMillis(1));

    assertThat(aborts).hasValue(1);
  }
}

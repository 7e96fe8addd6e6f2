package io.loadonce.server.badinputs;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.loadonce.db.CountedDatabase;
import io.loadonce.server.RunningService;
import io.loadonce.server.settings.Setting;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.ResourceServiceGrpc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * A service with its database, and the judge of what one bad input does to it: the log has one
 * short line at most, a neighbour on a connection of its own is answered all the time, and the
 * service is healthy afterwards.
 */
final class JudgedService implements AutoCloseable {

  /** A line of the log is shorter, in bytes. */
  private static final int MAX_LINE_BYTES = 500;

  private static final int DEADLINE_SECONDS = 20;

  /** Is cached before the input, so that the neighbour does not depend on the database. */
  private static final GetRequest PARIS = GetRequest.newBuilder().setId("2988507").build();

  private final CountedDatabase database;
  private final RunningService service;
  private final LogLines log;

  /** Not the connection of the test. */
  private final ManagedChannel neighbour;

  private JudgedService(CountedDatabase database, String query, Map<String, String> flags) {
    this.log = LogLines.collect();
    this.database = database;
    this.service = RunningService.on(database, query, flags);
    this.neighbour =
        NettyChannelBuilder.forTarget(service.channel().authority()).usePlaintext().build();
  }

  /** The cities by id, on H2. */
  static JudgedService start(Map<String, String> flags) throws SQLException {
    return new JudgedService(CountedDatabase.h2(), Setting.QUERY.defaultText(), flags);
  }

  /** On a database that this closes; the neighbour reads the city with the id 2988507. */
  static JudgedService on(CountedDatabase database, String query, Map<String, String> flags) {
    return new JudgedService(database, query, flags);
  }

  RunningService service() {
    return service;
  }

  CountedDatabase database() {
    return database;
  }

  int port() {
    String authority = service.channel().authority();
    return Integer.parseInt(authority.substring(authority.lastIndexOf(':') + 1));
  }

  /** Returns what a good connection sees that sends a bad input, and judges the rest. */
  Seen judgePeer(Function<RawPeer, Seen> input) {
    return judge(
        () -> {
          try (RawPeer peer = RawPeer.connect(port())) {
            return input.apply(peer);
          }
        });
  }

  /** What may throw. */
  interface Input<T> {
    T send() throws Exception;
  }

  /** Sends the bad input, and judges what else it did. Returns what the input returned. */
  <T> T judge(Input<T> input) {
    log.clear();
    ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    CountDownLatch started = new CountDownLatch(2);
    AtomicBoolean ended = new AtomicBoolean();
    Thread calling =
        Thread.ofVirtual()
            .name("neighbour")
            .start(
                () -> {
                  // One more call begins after the input has ended.
                  for (boolean last = false; !last; started.countDown()) {
                    last = ended.get();
                    call(failures);
                  }
                });
    try {
      started.await();
      T seen = input.send();
      ended.set(true);
      calling.join();
      assertThat(failures).as("calls of the neighbour that failed").isEmpty();
      assertThat(health()).isEqualTo(ServingStatus.SERVING);
      assertLog();
      return seen;
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    } finally {
      ended.set(true);
    }
  }

  /** Judges a service that gets no bad input; afterwards the row of the neighbour is cached. */
  void judgeNothing() {
    assertThat(this.<Integer>judge(() -> 0)).isZero();
  }

  private void call(ConcurrentLinkedQueue<String> failures) {
    try {
      var _ =
          ResourceServiceGrpc.newBlockingStub(neighbour)
              .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
              .get(PARIS);
    } catch (StatusRuntimeException e) {
      failures.add(e.getStatus().toString());
    }
  }

  private ServingStatus health() {
    return HealthGrpc.newBlockingStub(neighbour)
        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
        .check(HealthCheckRequest.getDefaultInstance())
        .getStatus();
  }

  private void assertLog() {
    List<String> lines = log.lines();
    assertThat(lines).as("lines of the log").hasSizeLessThanOrEqualTo(1);
    for (String line : lines) {
      assertThat(line.getBytes(StandardCharsets.UTF_8)).as(line).hasSizeLessThan(MAX_LINE_BYTES);
      assertThat(line).endsWith("\n").doesNotContainPattern(" at [\\w.$/@]+\\(");
      assertThat(line.strip().chars().filter(Character::isISOControl)).isEmpty();
    }
  }

  @Override
  public void close() throws IOException, SQLException {
    neighbour.shutdownNow();
    service.close();
    database.close();
    log.close();
  }
}

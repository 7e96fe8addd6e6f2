package io.loadonce.server.ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.loadonce.server.RunningService;
import io.loadonce.server.ports.Certificates.Pair;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.ResourceServiceGrpc;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * New certificates while calls are running: each file is replaced on its own, one after the other.
 */
@Tag("slow")
@Timeout(120)
class TlsRotationTest {

  private static final int CALLERS = 4;

  @TempDir private Path folder;

  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicInteger answered = new AtomicInteger();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> callers = new ArrayList<>();

  private Certificates certificates;
  private Path ca;
  private Path certificate;
  private Path key;
  private RunningService service;
  private TestReporter reporter;

  @BeforeEach
  void start(TestReporter testReporter) throws Exception {
    reporter = testReporter;
    certificates = new Certificates(folder);
    ca = certificates.ca("authority");
    certificate = folder.resolve("tls.crt");
    key = folder.resolve("tls.key");
    Pair first = certificates.signedBy("authority", "first");
    replace(first.certificate(), certificate);
    replace(first.key(), key);
    service =
        RunningService.with(
            Map.of("--tls-cert", certificate.toString(), "--tls-key", key.toString()));
  }

  @AfterEach
  void stop() throws Exception {
    stop.set(true);
    for (Thread caller : callers) {
      caller.join();
    }
    service.close();
  }

  @Test
  void rotate_underLoad_noCallFails() throws Exception {
    for (int i = 0; i < CALLERS; i++) {
      callers.add(Thread.ofVirtual().start(this::callOnNewConnections));
      callers.add(Thread.ofVirtual().start(this::callOnOneConnection));
    }
    for (int round = 0; round < 3; round++) {
      Pair next = certificates.signedBy("authority", "next" + round);
      BigInteger before = serial(service.grpc());
      boolean certificateFirst = round % 2 == 0;
      replaceOne(next, certificateFirst);
      // For longer than the service waits between two looks at its files.
      int calls = answered.get();
      await().pollDelay(1_500, TimeUnit.MILLISECONDS).until(() -> answered.get() > calls);
      assertThat(serial(service.grpc())).isEqualTo(before);
      replaceOne(next, !certificateFirst);
      await().until(() -> !serial(service.grpc()).equals(before));
      assertThat(serial(service.grpc())).isEqualTo(serial(service.admin()));
    }
    reporter.publishEntry("calls answered over 3 rotations", String.valueOf(answered.get()));
    assertThat(failures).isEmpty();
    assertThat(answered).hasValueGreaterThan(500);
  }

  private void replaceOne(Pair next, boolean isCertificate) throws IOException {
    if (isCertificate) {
      replace(next.certificate(), certificate);
    } else {
      replace(next.key(), key);
    }
  }

  private static void replace(Path from, Path to) throws IOException {
    Path copy = Files.copy(from, to.resolveSibling(to.getFileName() + ".new"));
    Files.move(copy, to, StandardCopyOption.ATOMIC_MOVE);
  }

  private void callOnNewConnections() {
    while (!stop.get()) {
      ManagedChannel channel = channel();
      call(channel);
      channel.shutdownNow();
    }
  }

  private void callOnOneConnection() {
    ManagedChannel channel = channel();
    while (!stop.get()) {
      call(channel);
    }
    channel.shutdownNow();
  }

  private void call(ManagedChannel channel) {
    try {
      ResourceServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(20, TimeUnit.SECONDS)
          .get(GetRequest.newBuilder().setId("2988507").build());
      answered.incrementAndGet();
    } catch (StatusRuntimeException e) {
      failures.add(String.valueOf(e.getStatus()));
    }
  }

  private ManagedChannel channel() {
    try {
      return Grpc.newChannelBuilder(
              service.grpc().toString(),
              TlsChannelCredentials.newBuilder().trustManager(ca.toFile()).build())
          .build();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The number of the certificate that the port shows to a new connection. */
  private BigInteger serial(Address port) throws IOException, GeneralSecurityException {
    try (SSLSocket socket =
        (SSLSocket)
            AdminClient.context(ca, AdminClient.empty())
                .getSocketFactory()
                .createSocket(port.host(), port.port())) {
      javax.net.ssl.SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2"});
      if (port.equals(service.grpc())) {
        socket.setSSLParameters(parameters);
      }
      socket.startHandshake();
      return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
    }
  }
}

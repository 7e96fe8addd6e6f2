package io.loadonce.bench.reliability.access;

import io.loadonce.bench.reliability.Scores;
import io.loadonce.client.ClientSettings;
import io.loadonce.client.LoadonceException;
import io.loadonce.client.ResourceClient;
import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** The certificate and the key are replaced in turn, while clients call and connect. */
final class Rotation {

  /** The service reads its files once a second. */
  private static final Duration READ_BY_THEN = Duration.ofMillis(1_500);

  private static final Duration SERVED_WITHIN = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration INTERVAL = Duration.ofMillis(2);

  private final Secured service;
  private final SSLContext tls;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicInteger connected = new AtomicInteger();
  private final Queue<LoadonceException> failures = new ConcurrentLinkedQueue<>();

  Rotation(Secured service) throws IOException, GeneralSecurityException {
    this.service = service;
    this.tls = trusting(service);
  }

  /**
   * @param count how often the pair is replaced by the other one
   */
  void run(Scores scores, int count)
      throws IOException, InterruptedException, GeneralSecurityException {
    int served = 0;
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> callers =
          List.of(
              clients.submit(this::callOnOneConnection),
              clients.submit(this::callOnNewConnections));
      try {
        for (int i = 1; i <= count; i++) {
          SelfSigned next = service.certificates().get(i % service.certificates().size());
          service.replaceCertificate(next);
          pause(READ_BY_THEN);
          service.replaceKey(next);
          served += isServedInTime(next.certificate()) ? 1 : 0;
        }
      } finally {
        ended.countDown();
      }
      for (Future<?> caller : callers) {
        var _ = caller.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a client ended early", e);
    }
    scores.judge(
        "changes of certificate and key that new connections got within 5 s",
        "%d of %d".formatted(served, count),
        "all",
        served == count);
    scores.judge(
        "failed calls meanwhile, a part of them on %,d new connections".formatted(connected.get()),
        "%,d of %,d%s"
            .formatted(
                failures.size(),
                failures.size() + answered.get(),
                failures.isEmpty() ? "" : ", the first: " + failures.element().getMessage()),
        "0",
        failures.isEmpty() && connected.get() > 0 && answered.get() > connected.get());
  }

  private void callOnOneConnection() {
    try (ResourceClient client = ResourceClient.open(service.client())) {
      do {
        get(client);
      } while (!hasEnded());
    }
  }

  private void callOnNewConnections() {
    ClientSettings settings = service.client();
    do {
      try (ResourceClient client = ResourceClient.open(settings)) {
        get(client);
        connected.incrementAndGet();
      }
    } while (!hasEnded());
  }

  private void get(ResourceClient client) {
    try {
      var _ = client.get(Secured.ID);
      answered.incrementAndGet();
    } catch (LoadonceException e) {
      failures.add(e);
    }
  }

  private boolean hasEnded() {
    try {
      return ended.await(INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private boolean isServedInTime(Certificate expected) throws IOException, InterruptedException {
    long untilNanos = System.nanoTime() + SERVED_WITHIN.toNanos();
    while (System.nanoTime() - untilNanos < 0) {
      if (served().equals(expected)) {
        return true;
      }
      pause(POLL);
    }
    return false;
  }

  /** The certificate that a new connection gets. */
  private Certificate served() throws IOException {
    try (SSLSocket socket =
        (SSLSocket)
            tls.getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), service.server().port())) {
      socket.startHandshake();
      return socket.getSession().getPeerCertificates()[0];
    }
  }

  private static SSLContext trusting(Secured service) throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    for (SelfSigned each : service.certificates()) {
      trusted.setCertificateEntry(each.certificate().hashCode() + "", each.certificate());
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, factory.getTrustManagers(), null);
    return tls;
  }

  private static void pause(Duration duration) throws InterruptedException {
    var _ = new CountDownLatch(1).await(duration.toNanos(), TimeUnit.NANOSECONDS);
  }
}

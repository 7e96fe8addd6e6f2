package io.loadonce.db;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A proxy between a client and a database, on virtual threads, which breaks connections as networks
 * do. Safe for use by many threads.
 */
public final class FaultProxy implements AutoCloseable {

  /** What becomes of a reply of the database. */
  public sealed interface Fault {

    /** Only the first bytes arrive; then the connection is closed. */
    record Cut(int afterBytes) implements Fault {}

    /** Only the first bytes arrive; then the connection is reset. */
    record Reset(int afterBytes) implements Fault {}

    /** Every bit is wrong. */
    record WrongBytes() implements Fault {}

    /** Nothing more arrives, in either direction, and nobody is told. */
    record Silence() implements Fault {}
  }

  private static final int BUFFER_BYTES = 8192;

  private final ServerSocket door;
  private final int databasePort;
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicReference<@Nullable Fault> next = new AtomicReference<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private volatile @Nullable Fault each;
  private volatile boolean isShut;
  private volatile Duration delay = Duration.ZERO;

  private FaultProxy(ServerSocket door, int databasePort) {
    this.door = door;
    this.databasePort = databasePort;
    Thread.ofVirtual().name("fault-proxy").start(this::accept);
  }

  /** Opens a proxy without faults in front of a database on this machine. */
  public static FaultProxy before(String databaseUrl) {
    try {
      int port = URI.create(databaseUrl.substring("jdbc:".length())).getPort();
      return new FaultProxy(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the URL with the port of this proxy. */
  public String url(String databaseUrl) {
    return databaseUrl.replaceFirst("//[^/]*", "//127.0.0.1:" + door.getLocalPort());
  }

  /** The next reply of the database, on any connection, has this fault; one reply only. */
  public void breakNext(Fault fault) {
    next.set(fault);
  }

  /** Each reply has this fault, also that to a login, until {@link #heal}. */
  public void breakEach(Fault fault) {
    each = fault;
  }

  /** Each reply is delayed. */
  public void delay(Duration duration) {
    delay = duration;
  }

  /** The connections that are open now fall silent for good; new ones work. */
  public void silenceOpen() {
    links.forEach(link -> link.broken = new Fault.Silence());
  }

  /** The connections that are open now are reset; new ones work. */
  public void resetOpen() {
    links.forEach(link -> link.end(/* resets= */ true));
  }

  /** New connections are closed at once. */
  public void refuse() {
    isShut = true;
  }

  /** Ends the faults of new replies and of new connections. */
  public void heal() {
    next.set(null);
    each = null;
    isShut = false;
    delay = Duration.ZERO;
  }

  /** Returns how many connections were accepted, refused ones among them. */
  public int accepted() {
    return accepted.get();
  }

  /** Returns how many connections are open. */
  public int open() {
    return links.size();
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    door.close();
    links.forEach(link -> link.end(/* resets= */ false));
  }

  private void accept() {
    while (closed.getCount() > 0) {
      try {
        Socket client = door.accept();
        accepted.incrementAndGet();
        if (isShut) {
          client.close();
        } else {
          Link link = new Link(client, new Socket(InetAddress.getLoopbackAddress(), databasePort));
          links.add(link);
          Thread.ofVirtual().start(link::passRequests);
          Thread.ofVirtual().start(link::passReplies);
        }
      } catch (IOException _) {
        // The proxy was closed, or the database refuses connections.
      }
    }
  }

  /** One connection. */
  private final class Link {
    private final Socket client;
    private final Socket database;
    private volatile @Nullable Fault broken;

    /** How many bytes of the reply still arrive before a cut. */
    private int left;

    Link(Socket client, Socket database) {
      this.client = client;
      this.database = database;
    }

    void passRequests() {
      byte[] buffer = new byte[BUFFER_BYTES];
      try (InputStream from = client.getInputStream()) {
        OutputStream to = database.getOutputStream();
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
          if (!(broken instanceof Fault.Silence)) {
            to.write(buffer, 0, n);
          }
        }
      } catch (IOException _) {
        // One side has left.
      } finally {
        end(/* resets= */ false);
      }
    }

    void passReplies() {
      byte[] buffer = new byte[BUFFER_BYTES];
      try (InputStream from = database.getInputStream()) {
        OutputStream to = client.getOutputStream();
        boolean goesOn = true;
        for (int n = from.read(buffer); n >= 0 && goesOn; n = goesOn ? from.read(buffer) : -1) {
          pause();
          goesOn = pass(buffer, n, to);
        }
      } catch (IOException _) {
        // One side has left.
      } finally {
        if (!(broken instanceof Fault.Silence)) {
          end(broken instanceof Fault.Reset);
        }
      }
    }

    private boolean pass(byte[] buffer, int n, OutputStream to) throws IOException {
      if (broken == null) {
        Fault once = next.getAndSet(null);
        begin(once == null ? each : once);
      }
      switch (broken) {
        case null -> to.write(buffer, 0, n);
        case Fault.Silence _ -> {}
        case Fault.WrongBytes _ -> {
          for (int i = 0; i < n; i++) {
            buffer[i] = (byte) ~buffer[i];
          }
          to.write(buffer, 0, n);
        }
        case Fault.Cut _, Fault.Reset _ -> {
          int passed = Math.min(n, left);
          left -= passed;
          to.write(buffer, 0, passed);
          return left > 0;
        }
      }
      return true;
    }

    private void begin(@Nullable Fault fault) {
      left =
          switch (fault) {
            case Fault.Cut(int bytes) -> bytes;
            case Fault.Reset(int bytes) -> bytes;
            case null, default -> 0;
          };
      broken = fault;
    }

    /** Waits for the delay, or until the proxy is closed. */
    private void pause() {
      try {
        boolean _ = closed.await(delay.toNanos(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    void end(boolean resets) {
      links.remove(this);
      try (database;
          client) {
        if (resets) {
          client.setSoLinger(/* on= */ true, /* linger= */ 0);
        }
      } catch (IOException _) {
        // It is closed already.
      }
    }
  }
}

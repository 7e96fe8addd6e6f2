package io.loadonce.db.jdbc;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import javax.net.SocketFactory;

/**
 * Sockets for PostgreSQL's driver, which holds a whole result before it returns the first row. A
 * thread may limit the bytes that it reads; one byte more fails the read, and the driver closes the
 * connection. The driver's own {@code maxResultBuffer} does not: it goes on in the middle of a row,
 * and waits for bytes that never come.
 */
public final class LimitedSocketFactory extends SocketFactory {

  /** The result has more bytes than the thread may read. */
  static final class TooManyBytesException extends IOException {
    private static final long serialVersionUID = 1;

    TooManyBytesException() {
      super("the result of the query has more bytes than a query may return");
    }
  }

  /** How many bytes the thread may still read; absent if it may read any number. */
  private static final ThreadLocal<long[]> REMAINING = new ThreadLocal<>();

  /** The driver calls this by its name. */
  public LimitedSocketFactory() {}

  /** From now on this thread may read so many bytes, until {@link #unlimit}. */
  static void limit(long bytes) {
    REMAINING.set(new long[] {bytes});
  }

  static void unlimit() {
    REMAINING.remove();
  }

  @Override
  public Socket createSocket() {
    return new LimitedSocket();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    throw new SocketException("the driver connects by itself");
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return createSocket(host.getHostAddress(), port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return createSocket(host, port);
  }

  private static final class LimitedSocket extends Socket {
    @Override
    public InputStream getInputStream() throws IOException {
      return new Limited(super.getInputStream());
    }
  }

  private static final class Limited extends FilterInputStream {
    Limited(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      count(1);
      return value;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count = super.read(target, offset, length);
      count(count);
      return count;
    }

    private static void count(int bytes) throws IOException {
      long[] remaining = REMAINING.get();
      if (remaining != null && bytes > 0) {
        remaining[0] -= bytes;
        if (remaining[0] < 0) {
          throw new TooManyBytesException();
        }
      }
    }
  }
}

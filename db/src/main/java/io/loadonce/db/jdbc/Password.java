package io.loadonce.db.jdbc;

import io.loadonce.db.InvalidSettingException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The password of the database user. It is read again for each new connection, so that it can be
 * changed while the service runs. Safe for use by many threads.
 */
public final class Password {

  private static final Logger log = LoggerFactory.getLogger(Password.class);

  private final Supplier<String> source;
  private volatile String last;
  private volatile boolean isReadable = true;

  private Password(Supplier<String> source) {
    this.source = source;
    this.last = source.get();
  }

  /** A password that never changes; empty for none. */
  public static Password of(String text) {
    return new Password(() -> text);
  }

  /**
   * A password that may change.
   *
   * @param source returns it as it is now; may block for a file
   * @throws InvalidSettingException if {@code source} throws it now
   */
  public static Password readFrom(Supplier<String> source) {
    return new Password(source);
  }

  /** Returns the password as it is now, or the last one if it cannot be read. */
  public String text() {
    try {
      last = source.get();
      isReadable = true;
    } catch (InvalidSettingException e) {
      if (isReadable) {
        log.warn("{}; new connections use the password that was read last", e.getMessage());
      }
      isReadable = false;
    }
    return last;
  }

  /** Compares the texts that were read last. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Password password && password.last.equals(last);
  }

  @Override
  public int hashCode() {
    return last.hashCode();
  }

  /** Shows whether there is one, and never the password. */
  @Override
  public String toString() {
    return last.isEmpty() ? "" : "****";
  }
}

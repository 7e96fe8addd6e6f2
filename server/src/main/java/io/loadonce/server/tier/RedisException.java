package io.loadonce.server.tier;

import org.jspecify.annotations.Nullable;

/** Redis cannot be used over this connection; the message says why, and is fit for the log. */
final class RedisException extends Exception {
  private static final long serialVersionUID = 1;

  RedisException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

package io.loadonce.db.lookup;

/**
 * The caller's id cannot be a key of the table; the message names what is wrong and what would be
 * right, and never repeats more than the checked form of the id. Carries no stack trace: it is the
 * caller's mistake, and there may be many.
 */
public final class InvalidIdException extends Exception {

  InvalidIdException(String message) {
    super(
        message,
        /* cause= */ null,
        /* enableSuppression= */ false,
        /* writableStackTrace= */ false);
  }
}

package io.loadonce.db.form;

/**
 * One value has no JSON form. The message is a clause that follows the name of the column; it holds
 * no value of a row.
 */
class UnreadableValueException extends Exception {

  UnreadableValueException(String message) {
    super(message);
  }

  /** The type of the value has other attributes than the catalog had when it was read. */
  static final class TypeChanged extends UnreadableValueException {
    TypeChanged() {
      super("its type has just changed");
    }
  }
}

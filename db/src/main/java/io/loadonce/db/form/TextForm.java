package io.loadonce.db.form;

import com.google.protobuf.Value;

/** Turns the text that a database writes for a value into JSON. Safe to share. */
@FunctionalInterface
interface TextForm {

  /**
   * @throws UnreadableValueException if this value has no JSON form
   * @throws RuntimeException if the text is not of this type
   */
  Value read(String text) throws UnreadableValueException;
}

package io.loadonce.server.history;

import java.util.Arrays;

/**
 * What one client read, in its order, as plain numbers: a run has hundreds of thousands. Written by
 * the client's own thread and read when that has ended.
 */
final class ReadLog {

  /** No min_version. */
  static final long ANY = Long.MIN_VALUE;

  private static final int FIELDS = 5;

  private long[] numbers = new long[FIELDS * 1024];
  private int reads;
  private int failed;
  private int tooOld;
  private String firstFailure = "";

  void row(int id, long startNanos, long endNanos, long minVersion, long version) {
    int at = reads * FIELDS;
    if (at == numbers.length) {
      numbers = Arrays.copyOf(numbers, numbers.length * 2);
    }
    numbers[at] = id;
    numbers[at + 1] = startNanos;
    numbers[at + 2] = endNanos;
    numbers[at + 3] = minVersion;
    numbers[at + 4] = version;
    reads++;
  }

  /** Adds a read that ended with an error; it is counted and not checked. */
  void failed(String reason) {
    if (failed++ == 0) {
      firstFailure = reason;
    }
  }

  /** Adds a read that failed because the row is older than min_version. */
  void tooOld() {
    tooOld++;
  }

  /** How many reads returned a row. */
  int reads() {
    return reads;
  }

  int failures() {
    return failed;
  }

  /** Why the first of them failed, empty for none. */
  String firstFailure() {
    return firstFailure;
  }

  int refusals() {
    return tooOld;
  }

  int id(int read) {
    return (int) numbers[read * FIELDS];
  }

  long startNanos(int read) {
    return numbers[read * FIELDS + 1];
  }

  long endNanos(int read) {
    return numbers[read * FIELDS + 2];
  }

  long minVersion(int read) {
    return numbers[read * FIELDS + 3];
  }

  long version(int read) {
    return numbers[read * FIELDS + 4];
  }
}

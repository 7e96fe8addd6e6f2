package io.loadonce.server.history;

import java.util.Arrays;

/**
 * The acknowledged invalidations of one writer: from that moment on no read may return an older
 * version. Written by the writer's own thread and read when that has ended.
 */
final class WriteLog {
  private static final int FIELDS = 3;

  private long[] numbers = new long[FIELDS * 1024];
  private int writes;

  void acknowledged(int id, long version, long nanos) {
    int at = writes * FIELDS;
    if (at == numbers.length) {
      numbers = Arrays.copyOf(numbers, numbers.length * 2);
    }
    numbers[at] = id;
    numbers[at + 1] = version;
    numbers[at + 2] = nanos;
    writes++;
  }

  int writes() {
    return writes;
  }

  int id(int write) {
    return (int) numbers[write * FIELDS];
  }

  long version(int write) {
    return numbers[write * FIELDS + 1];
  }

  long nanos(int write) {
    return numbers[write * FIELDS + 2];
  }
}

package io.loadonce.server.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The version of each id that was promised at a moment, from the acknowledged invalidations. */
final class Promises {
  private record Promise(long nanos, long version) {}

  /** By id, the moments in their order. */
  private final long[][] moments;

  /** By id, the greatest version promised at that moment or before. */
  private final long[][] floors;

  Promises(List<WriteLog> logs, int ids) {
    moments = new long[ids][];
    floors = new long[ids][];
    List<List<Promise>> byId =
        IntStream.range(0, ids).<List<Promise>>mapToObj(_ -> new ArrayList<>()).toList();
    for (WriteLog log : logs) {
      for (int write = 0; write < log.writes(); write++) {
        byId.get(log.id(write)).add(new Promise(log.nanos(write), log.version(write)));
      }
    }
    for (int id = 0; id < ids; id++) {
      List<Promise> promises = byId.get(id);
      promises.sort(Comparator.comparingLong(Promise::nanos));
      moments[id] = promises.stream().mapToLong(Promise::nanos).toArray();
      floors[id] = promises.stream().mapToLong(Promise::version).toArray();
      Arrays.parallelPrefix(floors[id], Math::max);
    }
  }

  /** The oldest version that a read may return if it started at that moment. */
  long floor(int id, long startNanos) {
    int found = Arrays.binarySearch(moments[id], startNanos);
    int earlier = found < 0 ? -found - 1 : firstOf(moments[id], found);
    return earlier == 0 ? Long.MIN_VALUE : floors[id][earlier - 1];
  }

  /** An acknowledgement at that very moment does not count yet. */
  private static int firstOf(long[] sorted, int found) {
    int first = found;
    while (first > 0 && sorted[first - 1] == sorted[found]) {
      first--;
    }
    return first;
  }
}

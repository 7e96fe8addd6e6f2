package io.loadonce.server.request;

import com.google.protobuf.Duration;

/** Checks a duration of a request: protobuf accepts any seconds and nanoseconds, also negative. */
final class WireDuration {

  private static final int NANOS_PER_SECOND = 1_000_000_000;

  private WireDuration() {}

  static boolean isZeroOrMore(Duration duration) {
    return duration.getSeconds() >= 0
        && duration.getNanos() >= 0
        && duration.getNanos() < NANOS_PER_SECOND;
  }
}

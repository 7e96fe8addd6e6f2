package io.loadonce.server.planted;

/** What the tests of this package plant bugs into, so that none of them depends on the service. */
final class Sum {
  private static int calls;

  private Sum() {}

  static int of(int a, int b) {
    calls++;
    return a + b;
  }

  /** How often a sum was made since this class was loaded. */
  static int calls() {
    return calls;
  }
}

package io.loadonce.server;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * SIGTERM and SIGINT. A shutdown hook would do for the first of them, but the JVM does not hear the
 * second while hooks run, and ends with a status that says it was killed.
 */
final class StopSignals {

  /** What a shell reports for a process that SIGTERM has ended. */
  private static final int TERMINATED = 143;

  private StopSignals() {}

  /**
   * Runs {@code drain} at the first signal, on a thread of its own, and ends the process at once at
   * the second. Where the JVM leaves signals to others ({@code -Xrs}), it stays as it was.
   */
  static void onFirst(Runnable drain) {
    AtomicInteger signals = new AtomicInteger();
    Runnable handler =
        () -> {
          if (signals.incrementAndGet() > 1) {
            Runtime.getRuntime().halt(TERMINATED);
          }
          drain.run();
        };
    handle("TERM", handler);
    handle("INT", handler);
  }

  /**
   * {@code sun.misc.Signal} is exported and supported, but javac warns of it in a way that cannot
   * be silenced, and warnings are errors here.
   */
  private static void handle(String name, Runnable handler) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> signalHandler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              StopSignals.class.getClassLoader(),
              new Class<?>[] {signalHandler},
              (self, method, arguments) -> {
                handler.run();
                return null;
              });
      signal
          .getMethod("handle", signal, signalHandler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    } catch (InvocationTargetException _) {
      // The JVM was told to leave this signal alone.
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM has no signals", e);
    }
  }
}

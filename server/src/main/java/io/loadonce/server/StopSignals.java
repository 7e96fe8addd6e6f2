package io.loadonce.server;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Handles SIGTERM and SIGINT, and SIGHUP. A shutdown hook is not enough: while hooks run, the JVM
 * ignores a second signal, and afterwards it ends with the exit code of a killed process.
 */
final class StopSignals {

  /** The exit code of a process that SIGTERM has ended. */
  private static final int TERMINATED = 143;

  private StopSignals() {}

  /**
   * Runs {@code drain} at the first signal, on a thread of its own, and ends the process at once at
   * the second. Does nothing if the JVM handles no signals ({@code -Xrs}).
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
   * Runs {@code reload} at each SIGHUP, on a thread of its own. Without this, SIGHUP ends the
   * process at once.
   */
  static void onHangUp(Runnable reload) {
    handle("HUP", reload);
  }

  /**
   * Calls {@code sun.misc.Signal} by reflection: it is exported and supported, but javac's warning
   * about it cannot be suppressed, and warnings are errors here.
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
      // The JVM was started with -Xrs.
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM has no signals", e);
    }
  }
}

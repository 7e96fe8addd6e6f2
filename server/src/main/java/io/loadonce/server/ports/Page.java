package io.loadonce.server.ports;

import java.util.function.Supplier;

/**
 * A page of the admin port.
 *
 * @param path such as {@code /metrics}
 * @param readers who gets the page if the port is protected
 * @param meaning what the page shows, in one line for the index
 * @param type the {@code Content-Type}
 * @param render called for each request, by any thread
 */
public record Page(
    String path, Readers readers, String meaning, String type, Supplier<Content> render) {

  /** Who gets a page if the port is protected. */
  public enum Readers {
    /** Also probes, which have no token. */
    EVERYONE,

    /** Callers with the right admin. */
    OPERATORS
  }

  static final String TEXT = "text/plain; charset=utf-8";

  /**
   * What the page shows now.
   *
   * @param status of HTTP
   */
  public record Content(int status, String text) {}
}

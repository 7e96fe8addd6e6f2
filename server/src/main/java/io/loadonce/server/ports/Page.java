package io.loadonce.server.ports;

import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A page of the admin port.
 *
 * @param path such as {@code /metrics}; pages with one path have different types
 * @param readers who gets the page if the port is protected
 * @param use what a request does
 * @param meaning what the page shows, in one line
 * @param type the {@code Content-Type}
 * @param policy the {@code Content-Security-Policy}: what a browser may load and run
 * @param render called for each request, by any thread
 */
public record Page(
    String path,
    Readers readers,
    Use use,
    String meaning,
    String type,
    String policy,
    Function<Parameters, Content> render) {

  /** Who gets a page if the port is protected. */
  public enum Readers {
    /** Also probes, which have no token. */
    EVERYONE,

    /** Callers with the right admin. */
    OPERATORS
  }

  /** What a request for a page does. */
  public enum Use {
    /** It reads, with GET or HEAD. */
    READ,

    /** It changes something, with POST. */
    CHANGE
  }

  /** The type of a page of text. */
  public static final String TEXT = "text/plain; charset=utf-8";

  /** The policy of a page that is not for browsers. */
  public static final String NOTHING_RUNS = "default-src 'none'; frame-ancestors 'none'";

  /**
   * What the page shows now.
   *
   * @param status of HTTP
   */
  public record Content(int status, String text) {}

  /** A page that is read. */
  public Page(
      String path,
      Readers readers,
      String meaning,
      String type,
      String policy,
      Function<Parameters, Content> render) {
    this(path, readers, Use.READ, meaning, type, policy, render);
  }

  /** The type without its parameters. */
  String mediaType() {
    return type.replaceFirst(";.*", "");
  }

  /** A page that is not for browsers, and reads no parameters. */
  public static Page of(
      String path, Readers readers, String meaning, String type, Supplier<Content> render) {
    return new Page(path, readers, meaning, type, NOTHING_RUNS, _ -> render.get());
  }
}

package io.loadonce.server.ports;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parameters of a request for an admin page, as in {@code ?id=1&lookup=product}. Immutable. */
public final class Parameters {

  private final Map<String, List<String>> values;

  private Parameters(Map<String, List<String>> values) {
    this.values = values;
  }

  /**
   * Reads what follows the question mark of an address.
   *
   * @param query null if there is none
   * @throws IllegalArgumentException if it is not encoded correctly
   */
  public static Parameters parse(@Nullable String query) {
    Map<String, List<String>> values = new HashMap<>();
    for (String pair : query == null ? new String[0] : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
      String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
      values.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
    }
    return new Parameters(values);
  }

  /** Returns the first value of this name; empty if there is none. */
  public String first(String name) {
    return all(name).isEmpty() ? "" : all(name).getFirst();
  }

  /** Returns the values of this name, in their order. */
  public List<String> all(String name) {
    return values.getOrDefault(name, List.of());
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}

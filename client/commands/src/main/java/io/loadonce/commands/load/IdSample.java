package io.loadonce.commands.load;

import io.loadonce.client.ClientSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The ids that the callers of a server have requested most, and random ones that it has cached, by
 * its admin port.
 */
public final class IdSample {

  private static final int OK = 200;

  private IdSample() {}

  /**
   * Reads the ids of one lookup: the hottest first, the random ones last. Blocks for 4 s at most.
   *
   * @param lookup empty for the lookup called default, or the only one of the server
   * @throws UncheckedIOException if the server does not tell, with one line that says why
   */
  public static List<String> read(URI admin, ClientSettings settings, String lookup) {
    URI page =
        admin.resolve("/ids.txt?lookup=" + URLEncoder.encode(lookup, StandardCharsets.UTF_8));
    return switch (AdminPage.read(page, settings)) {
      case AdminPage.Answer(int status, String body) when status == OK -> {
        List<String> ids = body.lines().toList();
        if (ids.isEmpty()) {
          throw failed(
              "the server has no cached id of %s yet; send it some calls first"
                  .formatted(lookup.isEmpty() ? "its lookup" : "lookup " + lookup));
        }
        yield ids;
      }
      case AdminPage.Answer answer -> throw failed(page + ": " + answer.body().strip());
      case AdminPage.Unreadable(String why) -> throw failed(why);
    };
  }

  private static UncheckedIOException failed(String why) {
    return new UncheckedIOException("--ids sample: " + why, new IOException(why));
  }
}

package io.loadonce.commands;

import io.loadonce.client.ClientSettings;
import io.loadonce.client.RowKey;
import io.loadonce.commands.load.AdminPage;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code explain ID…}: prints what the cache has for each id, and why it was loaded last. */
@Command(
    name = "explain",
    description = {
      "Prints what the cache of a server has for each id, why the last lookup of the id was not",
      "answered from the cache, and the load that is under way. It causes no query.",
      "Exit code 0 if the server has explained all of them, else 1."
    })
final class ExplainCommand implements Callable<Integer> {

  private static final int OK = 200;

  private final PrintWriter out;
  private final PrintWriter err;

  @Mixin private final ConnectionFlags flags = new ConnectionFlags();

  @Mixin private final RowFlags rows = new RowFlags();

  @Option(
      names = "--admin",
      paramLabel = "URL",
      description = "Admin port of the server. Default: ${DEFAULT-VALUE}.")
  private URI admin = URI.create("http://127.0.0.1:50080");

  ExplainCommand(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    ClientSettings settings = flags.settings(/* defaultAttempts= */ 1);
    if (!String.valueOf(admin.getScheme()).matches("https?") || admin.getHost() == null) {
      throw new IllegalArgumentException(
          "admin is '%s' but must be http://host:port or https://host:port".formatted(admin));
    }
    int exitCode = 0;
    for (RowKey row : rows.keys()) {
      switch (AdminPage.read(admin.resolve("/explain" + query(row)), settings)) {
        case AdminPage.Answer(int status, String body) when status == OK -> out.print(body);
        case AdminPage.Answer answer -> {
          err.println("loadonce: %s: %s".formatted(admin, answer.body().strip()));
          exitCode = Main.FAILED;
        }
        case AdminPage.Unreadable(String why) -> {
          err.println("loadonce: " + why);
          return Main.FAILED;
        }
      }
    }
    return exitCode;
  }

  private static String query(RowKey row) {
    return row.parts().stream()
        .map(part -> "&key=" + URLEncoder.encode(part, StandardCharsets.UTF_8))
        .collect(
            Collectors.joining(
                "", "?lookup=" + URLEncoder.encode(row.lookup(), StandardCharsets.UTF_8), ""));
  }
}

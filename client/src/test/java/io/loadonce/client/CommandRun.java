package io.loadonce.client;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;

/** What one run of the command line gave. */
record CommandRun(int exitCode, String out, String err) {

  static CommandRun of(String... arguments) {
    return with(Map.of(), arguments);
  }

  static CommandRun with(Map<String, String> environment, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        ClientMain.run(
            List.of(arguments),
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            environment::get);
    return new CommandRun(exitCode, out.toString(), err.toString());
  }
}

package io.loadonce.commands;

import static java.util.Objects.requireNonNull;

import io.grpc.StatusRuntimeException;
import io.loadonce.client.ClientSettings;
import io.loadonce.client.LoadonceException;
import io.loadonce.client.ResourceClient;
import io.loadonce.commands.load.call.FileSet;
import io.loadonce.commands.load.call.MethodCall;
import io.loadonce.commands.load.call.MethodName;
import io.loadonce.commands.load.call.Reflection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The flags of {@code load} for calls of any method. */
final class CallFlags {

  private static final List<String> FOR_ROWS_ONLY =
      List.of(
          "--lookup",
          "--batch",
          "--min-version",
          "--max-age",
          "--affinity",
          "--invalidate",
          "--strength",
          "--scenario");
  private static final List<String> FOR_IDS_ONLY =
      List.of("--ids", "--ids-file", "--pick", "--missing");

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  @Option(
      names = "--call",
      paramLabel = "SERVICE/METHOD",
      description =
          "Method to call in place of Get, such as grpc.health.v1.Health/Check, of this server or"
              + " of any other; it has one request and one reply. The server says by reflection"
              + " what the method needs, unless --protoset is set. The admin port is read only if"
              + " --admin is set. Default: none.")
  private @Nullable String method;

  @Option(
      names = "--data",
      paramLabel = "JSON|@FILE",
      description =
          "Request of each --call as JSON, or a file of it. Templates stand in its texts: {{id}} is"
              + " one of --ids, {{sequence}} the number of the call from 0, {{random}} a number up"
              + " to 2147483647, and {{random:1..100}} one of these. Default: {}.")
  private String data = "{}";

  @Option(
      names = "--protoset",
      paramLabel = "FILE",
      description =
          "File of the types of --call, for a server without reflection, as protoc writes it with"
              + " --include_imports --descriptor_set_out, or buf build. Default: none.")
  private @Nullable Path protoset;

  /** Whether the calls go to a method that is named. */
  boolean areSet() {
    return method != null;
  }

  /**
   * Checks that the other flags fit.
   *
   * @throws IllegalArgumentException with one line that says what would be right
   */
  void requireFit() {
    if (method == null && (protoset != null || !data.equals("{}"))) {
      throw new IllegalArgumentException("--data and --protoset need --call");
    }
    if (method != null) {
      refuse(FOR_ROWS_ONLY, "--call sends the request of --data");
    }
  }

  /**
   * Returns the method and the request of each call. Blocks to read files, and for a few calls to
   * the server, which are not counted.
   *
   * @param settings of one instance
   * @return null if the calls are Get
   * @throws IllegalArgumentException with one line, if a value is wrong
   * @throws UncheckedIOException with one line, if a file cannot be read
   * @throws LoadonceException if the server does not answer
   */
  @Nullable MethodCall call(ClientSettings settings) {
    if (method == null) {
      return null;
    }
    MethodName name = MethodName.parse(method);
    String text = data.startsWith("@") ? read(Path.of(data.substring(1))) : data;
    MethodCall call = MethodCall.of(name, files(name, settings), text);
    if (!call.message().usesId()) {
      refuse(FOR_IDS_ONLY, "--data has no {{id}}");
    }
    return call;
  }

  private FileSet files(MethodName name, ClientSettings settings) {
    FileSet files = protoset == null ? null : FileSet.read(protoset);
    try (ResourceClient client = ResourceClient.open(settings)) {
      if (files != null) {
        HealthCheck.requireReachable(client);
        return files;
      }
      return new Reflection(client.channel()).files(name);
    } catch (StatusRuntimeException e) {
      throw LoadonceException.of(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw unreadable(file, "there is no such file", e);
    } catch (CharacterCodingException e) {
      throw unreadable(file, "it is not text in UTF-8", e);
    } catch (IOException e) {
      throw unreadable(
          file, Files.isDirectory(file) ? "it is a directory" : String.valueOf(e.getMessage()), e);
    }
  }

  private static UncheckedIOException unreadable(Path file, String why, IOException cause) {
    return new UncheckedIOException("cannot read --data from %s: %s".formatted(file, why), cause);
  }

  private void refuse(List<String> flags, String why) {
    for (String flag : flags) {
      OptionSpec option = requireNonNull(command).findOption(flag);
      if (!Objects.equals(option.getValue(), option.initialValue())) {
        throw new IllegalArgumentException("%s, so set it without %s".formatted(why, flag));
      }
    }
  }
}

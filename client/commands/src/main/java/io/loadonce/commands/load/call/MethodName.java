package io.loadonce.commands.load.call;

import io.grpc.MethodDescriptor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a method of gRPC.
 *
 * @param service with its package, such as {@code grpc.health.v1.Health}
 * @param method such as {@code Check}
 */
public record MethodName(String service, String method) {

  private static final Pattern FORM = Pattern.compile("([\\w.]+)/(\\w+)");

  /**
   * Reads {@code package.Service/Method}.
   *
   * @throws IllegalArgumentException with one line that says what would be right
   */
  public static MethodName parse(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "--call is '%s' but must be package.Service/Method, such as grpc.health.v1.Health/Check"
              .formatted(text));
    }
    return new MethodName(parts.group(1), parts.group(2));
  }

  /** As gRPC writes it. */
  String text() {
    return MethodDescriptor.generateFullMethodName(service, method);
  }
}

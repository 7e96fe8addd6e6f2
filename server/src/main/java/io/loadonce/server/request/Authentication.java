package io.loadonce.server.request;

import com.google.rpc.Status;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.loadonce.server.access.AccessFile;
import io.loadonce.server.access.Caller;
import io.loadonce.server.access.RefusedCalls;
import io.loadonce.server.access.Right;
import io.loadonce.v1.ResourceServiceGrpc;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses calls of every service on the port that have no valid token or certificate, or whose
 * caller lacks the right for the method; by the headers only, so that nothing of such a call is
 * parsed. The right for a lookup is checked later, by {@code Target}. Is not installed if everyone
 * may do everything. Safe for use by many threads; never blocks.
 */
public final class Authentication implements ServerInterceptor {

  /** The names in the certificate of a connection. */
  public static final Attributes.Key<List<String>> CERTIFICATE_NAMES =
      Attributes.Key.create("loadonce-certificate-names");

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private static final Context.Key<Caller> CALLER = Context.key("loadonce-caller");

  /** The services that any known caller may use; they say nothing about rows. */
  private static final Set<String> FOR_EVERY_CALLER =
      Set.of(
          "grpc.health.v1.Health",
          "grpc.reflection.v1.ServerReflection",
          "grpc.reflection.v1alpha.ServerReflection");

  /** The right for each method; a method of any other service needs {@link Right#ADMIN}. */
  private static final Map<String, Right> RIGHTS =
      Map.of(
          ResourceServiceGrpc.getGetMethod().getFullMethodName(), Right.READ,
          ResourceServiceGrpc.getBatchGetMethod().getFullMethodName(), Right.READ,
          ResourceServiceGrpc.getListLookupsMethod().getFullMethodName(), Right.READ,
          ResourceServiceGrpc.getInvalidateMethod().getFullMethodName(), Right.INVALIDATE);

  /** The same for each wrong token, so that a caller learns nothing about the right ones. */
  private static final Status REFUSED =
      Reason.UNAUTHENTICATED.status(
          "the call needs a valid token, in the header authorization: Bearer TOKEN, or a client"
              + " certificate that the server knows");

  private final AccessFile callers;
  private final Set<String> openServices;
  private final RefusedCalls refused;

  /**
   * @param openServices the full names of the services that need no token or certificate
   */
  public Authentication(AccessFile callers, Set<String> openServices, RefusedCalls refused) {
    this.callers = callers;
    this.openServices = Set.copyOf(openServices);
    this.refused = refused;
  }

  /** Returns the caller of the call that this thread begins. */
  public static Caller current() {
    return Objects.requireNonNull(CALLER.get(), "a call that was not authenticated");
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    MethodDescriptor<Q, A> method = call.getMethodDescriptor();
    if (openServices.contains(String.valueOf(method.getServiceName()))) {
      return next.startCall(call, headers);
    }
    Optional<Caller> caller = callers.find(authorization(headers), certificateNames(call));
    if (caller.isEmpty()) {
      refused.unauthenticated(peer(call));
      return refuse(call, REFUSED);
    }
    Right needed = needed(method);
    if (needed != null && !caller.get().may(needed)) {
      refused.denied(caller.get(), needed, peer(call));
      return refuse(call, Reason.noRight(caller.get(), needed));
    }
    return Contexts.interceptCall(
        Context.current().withValue(CALLER, caller.get()), call, headers, next);
  }

  private static @Nullable Right needed(MethodDescriptor<?, ?> method) {
    return FOR_EVERY_CALLER.contains(String.valueOf(method.getServiceName()))
        ? null
        : RIGHTS.getOrDefault(method.getFullMethodName(), Right.ADMIN);
  }

  private static List<String> authorization(Metadata headers) {
    Iterable<String> values = headers.getAll(AUTHORIZATION);
    if (values == null) {
      return List.of();
    }
    List<String> all = new ArrayList<>();
    values.forEach(all::add);
    return all;
  }

  private static List<String> certificateNames(ServerCall<?, ?> call) {
    return Objects.requireNonNullElse(call.getAttributes().get(CERTIFICATE_NAMES), List.of());
  }

  private static String peer(ServerCall<?, ?> call) {
    return String.valueOf(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
  }

  private static <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, Status status) {
    Metadata trailers = new Metadata();
    trailers.put(UnaryCall.DETAILS, status);
    call.close(
        io.grpc.Status.fromCodeValue(status.getCode()).withDescription(status.getMessage()),
        trailers);
    return new ServerCall.Listener<>() {};
  }
}

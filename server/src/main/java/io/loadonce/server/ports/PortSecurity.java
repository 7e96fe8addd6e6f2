package io.loadonce.server.ports;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import io.grpc.Attributes;
import io.grpc.BindableService;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import io.grpc.ServerTransportFilter;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettySslContextServerCredentials;
import io.grpc.protobuf.services.ChannelzService;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.loadonce.db.InvalidSettingException;
import io.loadonce.server.access.AccessFile;
import io.loadonce.server.access.AccessSettings;
import io.loadonce.server.access.Caller;
import io.loadonce.server.access.CertificateNames;
import io.loadonce.server.access.RefusedCalls;
import io.loadonce.server.access.Right;
import io.loadonce.server.ports.Page.Content;
import io.loadonce.server.request.Authentication;
import io.loadonce.server.request.CallObserver;
import io.loadonce.server.request.ResourceEndpoint;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLSession;

/**
 * What protects both ports: TLS, and the check of tokens, certificates and rights. Without them it
 * adds nothing to the path of a call. Safe for use by many threads, apart from {@link #reload}.
 */
public final class PortSecurity {

  private static final int CHANNELZ_PAGE = 100;

  private static final Content UNKNOWN_CALLER =
      new Content(
          401,
          "this page needs a valid token, in the header Authorization: Bearer TOKEN, or a client"
              + " certificate that the server knows\n");

  private final AccessSettings settings;
  private final Optional<Tls> tls;
  private final Optional<AccessFile> callers;
  private final RefusedCalls refused;

  private PortSecurity(
      AccessSettings settings,
      Optional<Tls> tls,
      Optional<AccessFile> callers,
      RefusedCalls refused) {
    this.settings = settings;
    this.tls = tls;
    this.callers = callers;
    this.refused = refused;
  }

  /**
   * Reads the files that the settings name. Blocks while they are read.
   *
   * @param lookups the names of all lookups of the service
   * @param refused counts and logs what is refused
   * @throws InvalidSettingException if a file cannot be read or is wrong
   */
  public static PortSecurity load(
      AccessSettings settings, Set<String> lookups, RefusedCalls refused) {
    return new PortSecurity(
        settings,
        settings.tls().map(Tls::load),
        settings.accessFile().map(file -> AccessFile.load(file, lookups)),
        refused);
  }

  /**
   * Reads the files that the settings name and uses none. Blocks while they are read.
   *
   * @throws InvalidSettingException if a file cannot be read or is wrong
   */
  public static void check(AccessSettings settings, Set<String> lookups) {
    settings.tls().ifPresent(Tls::load);
    settings.accessFile().ifPresent(file -> AccessFile.load(file, lookups));
  }

  /** Reads the files that have changed again. To be called often, by one thread; blocks. */
  public void reload() {
    tls.ifPresent(Tls::reload);
    callers.ifPresent(AccessFile::reload);
  }

  /** Returns whether there are files that may change. */
  public boolean isOn() {
    return tls.isPresent() || callers.isPresent();
  }

  Optional<Tls> tls() {
    return tls;
  }

  /** Returns how a connection of the gRPC port begins. */
  ServerCredentials credentials() {
    return tls.map(each -> NettySslContextServerCredentials.create(each.grpc()))
        .orElseGet(InsecureServerCredentials::create);
  }

  /** Adds the service to the gRPC port, and what protects that port. */
  void protect(NettyServerBuilder builder, ResourceEndpoint endpoint, CallObserver observer) {
    if (callers.isEmpty()) {
      builder.addService(endpoint.bindService(() -> Caller.ANYONE, observer));
      return;
    }
    Set<String> open = settings.openHealth() ? Set.of(HealthGrpc.SERVICE_NAME) : Set.of();
    builder
        .addService(endpoint.bindService(Authentication::current, observer))
        .intercept(new Authentication(callers.get(), open, refused))
        .addTransportFilter(new CertificateReader());
  }

  /** Returns the services beside our own and health that the gRPC port has. */
  List<BindableService> tools() {
    List<BindableService> tools = new ArrayList<>();
    if (settings.reflection()) {
      tools.add(ProtoReflectionServiceV1.newInstance());
      tools.add(olderReflection());
    }
    if (settings.channelz()) {
      tools.add(ChannelzService.newInstance(CHANNELZ_PAGE));
    }
    return tools;
  }

  /** Returns why an operator does not get a page of the admin port; nothing if it does. */
  Optional<Content> refusal(HttpExchange exchange) {
    SSLSession session = exchange instanceof HttpsExchange https ? https.getSSLSession() : null;
    if (callers.isEmpty()) {
      boolean needsCertificate = tls.isPresent() && tls.get().checksClients();
      return needsCertificate && !CertificateNames.isChecked(session)
          ? Optional.of(unknown(exchange))
          : Optional.empty();
    }
    List<String> authorization =
        Objects.requireNonNullElse(exchange.getRequestHeaders().get("Authorization"), List.of());
    Optional<Caller> caller = callers.get().find(authorization, CertificateNames.of(session));
    if (caller.isEmpty()) {
      return Optional.of(unknown(exchange));
    }
    if (caller.get().may(Right.ADMIN)) {
      return Optional.empty();
    }
    refused.denied(caller.get(), Right.ADMIN, address(exchange));
    return Optional.of(
        new Content(
            403,
            "the caller %s does not have the right admin, which the access file grants\n"
                .formatted(caller.get().name())));
  }

  private Content unknown(HttpExchange exchange) {
    refused.unauthenticated(address(exchange));
    return UNKNOWN_CALLER;
  }

  private static InetSocketAddress address(HttpExchange exchange) {
    return exchange.getRemoteAddress();
  }

  /** v1alpha, for tools that do not know v1. */
  @SuppressWarnings("deprecation")
  private static BindableService olderReflection() {
    return ProtoReflectionService.newInstance();
  }

  /** Reads the names in a client's certificate once for each connection. */
  private static final class CertificateReader extends ServerTransportFilter {
    @Override
    public Attributes transportReady(Attributes connection) {
      return connection.toBuilder()
          .set(
              Authentication.CERTIFICATE_NAMES,
              CertificateNames.of(connection.get(Grpc.TRANSPORT_ATTR_SSL_SESSION)))
          .build();
    }
  }
}

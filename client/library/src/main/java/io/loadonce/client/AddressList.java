package io.loadonce.client;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Finds the instances of a target that names several, such as {@code a:50051,b:50051}. Hosts are
 * looked up again when gRPC asks for it, as when a connection has ended.
 */
final class AddressList extends NameResolver {

  private static final String SCHEME = "loadonce-list";

  static {
    NameResolverRegistry.getDefaultRegistry().register(new Provider());
  }

  private final List<String> hostsAndPorts;
  private final Executor executor;
  private @Nullable Listener2 listener;

  private AddressList(List<String> hostsAndPorts, Executor executor) {
    this.hostsAndPorts = hostsAndPorts;
    this.executor = executor;
  }

  /** The target for gRPC: itself, or the name that this class resolves. */
  static String resolvable(String target) {
    return target.contains(",")
        ? SCHEME + ":///" + target.replace("[", "%5B").replace("]", "%5D")
        : target;
  }

  @Override
  public String getServiceAuthority() {
    return hostsAndPorts.get(0);
  }

  @Override
  public void start(Listener2 changed) {
    listener = changed;
    refresh();
  }

  @Override
  public void refresh() {
    Listener2 told = listener;
    if (told != null) {
      executor.execute(
          () ->
              told.onResult(ResolutionResult.newBuilder().setAddressesOrError(resolve()).build()));
    }
  }

  @Override
  public void shutdown() {
    // Nothing is held.
  }

  /** A host that is not found is left out, unless none is found. */
  private StatusOr<List<EquivalentAddressGroup>> resolve() {
    List<EquivalentAddressGroup> found = new ArrayList<>();
    Status failure = Status.UNAVAILABLE;
    for (String hostAndPort : hostsAndPorts) {
      int colon = hostAndPort.lastIndexOf(':');
      try {
        InetAddress host = InetAddress.getByName(hostAndPort.substring(0, colon));
        int port = Integer.parseInt(hostAndPort.substring(colon + 1));
        // With TLS, the certificate of each instance must be for its own name.
        Attributes name =
            Attributes.newBuilder()
                .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, hostAndPort)
                .build();
        found.add(new EquivalentAddressGroup(new InetSocketAddress(host, port), name));
      } catch (UnknownHostException e) {
        failure = Status.UNAVAILABLE.withDescription("unknown host").withCause(e);
      }
    }
    return found.isEmpty() ? StatusOr.fromStatus(failure) : StatusOr.fromValue(found);
  }

  private static final class Provider extends NameResolverProvider {

    private static final int DEFAULT_PRIORITY = 5;

    @Override
    public @Nullable NameResolver newNameResolver(URI target, Args args) {
      Executor offload = args.getOffloadExecutor();
      return SCHEME.equals(target.getScheme()) && offload != null
          ? new AddressList(List.of(target.getPath().substring(1).split(",")), offload)
          : null;
    }

    @Override
    public String getDefaultScheme() {
      return SCHEME;
    }

    @Override
    protected boolean isAvailable() {
      return true;
    }

    @Override
    protected int priority() {
      return DEFAULT_PRIORITY;
    }
  }
}

package io.loadonce.interop;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Resolves any {@code instances:} target to addresses that are known beforehand. */
final class Instances extends NameResolverProvider {

  static final String SCHEME = "instances";

  private final List<EquivalentAddressGroup> groups;

  /**
   * @param addresses each a HOST:PORT
   */
  Instances(String... addresses) {
    groups = Stream.of(addresses).map(Instances::group).toList();
  }

  private static EquivalentAddressGroup group(String address) {
    int colon = address.lastIndexOf(':');
    return new EquivalentAddressGroup(
        new InetSocketAddress(
            address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))));
  }

  @Override
  public NameResolver newNameResolver(URI target, NameResolver.Args args) {
    return new NameResolver() {
      @Override
      public String getServiceAuthority() {
        return "localhost";
      }

      @Override
      public void start(Listener2 listener) {
        listener.onResult(ResolutionResult.newBuilder().setAddresses(groups).build());
      }

      @Override
      public void shutdown() {}
    };
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
    return 5;
  }

  @Override
  public Set<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
    return Set.of(InetSocketAddress.class);
  }
}

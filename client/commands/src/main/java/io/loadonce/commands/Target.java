package io.loadonce.commands;

import io.loadonce.client.ClientSettings;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The instances that a load test calls.
 *
 * @param addresses one for each instance; or one name that gRPC resolves
 */
record Target(List<String> addresses) {

  private static final int DEFAULT_CONNECTIONS = 2;

  /** Reads the target of a client. */
  static Target of(String target) {
    return new Target(List.of(target.split(",", -1)));
  }

  /**
   * Checks that the load stays on this machine, unless another one is allowed. Blocks to find the
   * addresses of names.
   *
   * @throws IllegalArgumentException with one line that says what would be right
   */
  void requireOwned(boolean isOwned) {
    for (String address : addresses) {
      if (!isOwned && !isThisMachine(address)) {
        throw new IllegalArgumentException(
            "%s is not this machine; set --i-own-this-server if you may put load on it"
                .formatted(address));
      }
    }
  }

  /**
   * Checks that the counts of all instances can be read. Blocks to find the addresses of names.
   *
   * @throws IllegalArgumentException with one line that says what would be right
   */
  void requireAdmins(int admins) {
    if (admins == 0) {
      throw new IllegalArgumentException(
          "with --call, a --fail-if of queries or loads needs --admin, the admin port of the"
              + " server");
    }
    if (addresses.size() > 1 && admins != addresses.size()) {
      throw new IllegalArgumentException(
          "--target names %d instances but --admin %d; name all, because what they load is added up"
              .formatted(addresses.size(), admins));
    }
    for (String address : addresses) {
      int instances = instances(resolved(address));
      if (instances > 1) {
        throw new IllegalArgumentException(
            "%s has %d addresses; name each in --target and in --admin, because what they load is added up"
                .formatted(address, instances));
      }
    }
  }

  /**
   * Checks that the calls of an id are spread over no more instances than there are: a scenario
   * accepts a load by each of them. Blocks to find the addresses of names.
   *
   * @throws IllegalArgumentException with one line that says what would be right
   */
  void requireAffinity(int affinity) {
    if (affinity <= addresses.size()) {
      return;
    }
    List<List<InetAddress>> all = addresses.stream().map(Target::resolved).toList();
    int most = all.stream().mapToInt(Target::instances).sum();
    // The first call says which name is not known.
    if (affinity > most && all.stream().noneMatch(List::isEmpty)) {
      throw new IllegalArgumentException(
          "affinity is %d but must be from 0 to %d, the number of instances that --target names"
              .formatted(affinity, most));
    }
  }

  /** How many instances a name stands for; one that has IPv4 and IPv6 has an address of each. */
  static int instances(List<InetAddress> all) {
    int version6 = (int) all.stream().filter(Inet6Address.class::isInstance).count();
    return Math.max(version6, all.size() - version6);
  }

  /**
   * Checks that one instance may go away.
   *
   * @throws IllegalArgumentException with one line that says what would be right
   */
  void requireSeveral() {
    if (addresses.size() < 2) {
      throw new IllegalArgumentException(
          "--scenario failover needs two instances or more; name all in --target, with commas"
              + " between");
    }
  }

  /** The settings of a client for each instance. */
  List<ClientSettings> instances(ClientSettings all) {
    return IntStream.range(0, addresses.size())
        .mapToObj(i -> settings(all, i, /* affinity= */ 0))
        .toList();
  }

  /**
   * The number of connections.
   *
   * @param wanted null for the default
   * @throws IllegalArgumentException if there is an instance without a connection
   */
  int connections(@Nullable Integer wanted, int affinity) {
    int least = affinity > 0 ? 1 : addresses.size();
    if (wanted == null) {
      return Math.max(DEFAULT_CONNECTIONS, least);
    }
    if (wanted >= 1 && wanted < least) {
      throw new IllegalArgumentException(
          "connections is %d but must be %d or more, one for each instance of --target"
              .formatted(wanted, least));
    }
    return wanted;
  }

  /** The settings of one connection: of a client that knows all instances, or one of them. */
  ClientSettings settings(ClientSettings all, int connection, int affinity) {
    if (affinity != 0) {
      return all.withAffinity(affinity);
    }
    ClientSettings one =
        ClientSettings.forTarget(addresses.get(connection % addresses.size()))
            .withDeadline(all.deadline())
            .withMaxAttempts(all.maxAttempts())
            .withSecurity(all.security())
            .withCallbacks(all.callbacks());
    return all.tokenFile().map(one::withTokenFile).orElse(one);
  }

  private static boolean isThisMachine(String address) {
    List<InetAddress> all = resolved(address);
    try {
      for (InetAddress each : all) {
        if (!each.isLoopbackAddress() && NetworkInterface.getByInetAddress(each) == null) {
          return false;
        }
      }
      return !all.isEmpty();
    } catch (SocketException _) {
      return false;
    }
  }

  /** All addresses of its host; none if it is not known. */
  private static List<InetAddress> resolved(String address) {
    String authority = address.substring(address.lastIndexOf('/') + 1);
    int colon = authority.lastIndexOf(':');
    String host = colon < 0 ? authority : authority.substring(0, colon);
    try {
      return List.of(InetAddress.getAllByName(host));
    } catch (UnknownHostException _) {
      return List.of();
    }
  }
}

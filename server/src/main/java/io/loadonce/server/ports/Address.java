package io.loadonce.server.ports;

import java.net.InetSocketAddress;

/**
 * An address to listen on.
 *
 * @param host a name or an address of this machine
 * @param port 0 to 65,535; 0 lets the system choose a free one
 */
public record Address(String host, int port) {

  public InetSocketAddress resolve() {
    return new InetSocketAddress(host, port);
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}

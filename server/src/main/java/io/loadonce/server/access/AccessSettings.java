package io.loadonce.server.access;

import io.loadonce.server.files.SettingFile;
import java.util.Optional;

/**
 * How the ports are protected. Immutable.
 *
 * @param tls empty for plaintext
 * @param accessFile the callers and their rights; empty if everyone may do everything
 * @param reflection whether the gRPC port describes its services
 * @param channelz whether the gRPC port describes its connections
 * @param openHealth whether a caller without a token or certificate gets an answer of the gRPC
 *     health service
 * @param hashIds whether the admin port shows hashes in place of ids
 */
public record AccessSettings(
    Optional<TlsFiles> tls,
    Optional<SettingFile> accessFile,
    boolean reflection,
    boolean channelz,
    boolean openHealth,
    boolean hashIds) {

  /** Plaintext, open to everyone. */
  public static final AccessSettings OPEN =
      new AccessSettings(
          Optional.empty(),
          Optional.empty(),
          /* reflection= */ true,
          /* channelz= */ false,
          /* openHealth= */ true,
          /* hashIds= */ false);

  /**
   * The files of TLS, in PEM form.
   *
   * @param certificate the server's certificate, then those that signed it
   * @param key the private key of that certificate
   * @param clientCa those that sign the certificates of clients; empty if clients need none
   */
  public record TlsFiles(
      SettingFile certificate, SettingFile key, Optional<SettingFile> clientCa) {}
}

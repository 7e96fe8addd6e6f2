package io.loadonce.server.ports;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSslSessionContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import io.loadonce.db.InvalidSettingException;
import io.loadonce.server.access.AccessSettings.TlsFiles;
import io.loadonce.server.files.ReloadedFiles;
import io.loadonce.server.files.SettingFile;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/**
 * TLS 1.2 and 1.3 for both ports, with one certificate. New connections use the files as they are
 * now; connections that are open keep what they began with. Safe for use by many threads, apart
 * from {@link #reload}.
 */
public final class Tls {

  private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

  /** How long a client may resume a session, without another check of its certificate. */
  private static final int SESSION_SECONDS = 60;

  /**
   * The system property of Java by which a server gives out session tickets; both TLS libraries
   * read it, once. A ticket is valid for a day or more, also after the authority of its client is
   * gone.
   */
  private static final String TICKETS = "jdk.tls.server.enableSessionTicketExtension";

  private final AdvancedTlsX509KeyManager key;
  private final Optional<AdvancedTlsX509TrustManager> clients;
  private final ReloadedFiles files;

  private Tls(TlsFiles settings) throws GeneralSecurityException {
    if (System.getProperty(TICKETS) == null) {
      System.setProperty(TICKETS, "false");
    }
    this.key = new AdvancedTlsX509KeyManager();
    this.clients =
        settings.clientCa().isEmpty()
            ? Optional.empty()
            : Optional.of(
                AdvancedTlsX509TrustManager.newBuilder()
                    .setVerification(Verification.CERTIFICATE_ONLY_VERIFICATION)
                    .build());
    List<SettingFile> all = new ArrayList<>(List.of(settings.certificate(), settings.key()));
    settings.clientCa().ifPresent(all::add);
    this.files = ReloadedFiles.load(all, contents -> use(settings, contents));
  }

  /**
   * Reads the files. Blocks while they are read.
   *
   * @throws InvalidSettingException if a file cannot be read, is not what its setting says, or the
   *     certificate does not fit the key
   */
  public static Tls load(TlsFiles settings) {
    try {
      return new Tls(settings);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no TLS", e);
    }
  }

  /** Reads the files again if one of them has changed. To be called often, by one thread. */
  void reload() {
    files.reload();
  }

  /** Returns whether clients of the gRPC port need a certificate. */
  boolean checksClients() {
    return clients.isPresent();
  }

  /**
   * Returns the side of the server for gRPC; with a client CA, a client needs a certificate, which
   * is checked for each connection.
   */
  SslContext grpc() {
    SslContextBuilder builder =
        GrpcSslContexts.configure(SslContextBuilder.forServer(key))
            .protocols(PROTOCOLS)
            .sessionTimeout(SESSION_SECONDS);
    clients.ifPresent(
        trusted ->
            builder.trustManager(new UnnamedIssuers(trusted)).clientAuth(ClientAuth.REQUIRE));
    try {
      SslContext context = builder.build();
      // Clients of gRPC seldom connect. Java's own TLS, the fallback, only has the time-out.
      if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
        sessions.setSessionCacheEnabled(false);
      }
      return context;
    } catch (SSLException e) {
      throw new IllegalStateException("this Java has no TLS for gRPC", e);
    }
  }

  /**
   * Returns the side of the server for HTTP. A client may have a certificate, and none is needed:
   * probes have none.
   */
  HttpsConfigurator admin() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {key},
          clients.map(trusted -> new TrustManager[] {new UnnamedIssuers(trusted)}).orElse(null),
          /* random= */ null);
      context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
      return new HttpsConfigurator(context) {
        @Override
        public void configure(HttpsParameters connection) {
          SSLParameters parameters = context.getDefaultSSLParameters();
          parameters.setProtocols(PROTOCOLS.toArray(String[]::new));
          parameters.setWantClientAuth(checksClients());
          connection.setSSLParameters(parameters);
        }
      };
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no TLS", e);
    }
  }

  /** Uses the content of all files, or throws and uses none of it. */
  private void use(TlsFiles settings, List<byte[]> contents) {
    KeyPairFiles pair =
        KeyPairFiles.of(settings.certificate(), contents.get(0), settings.key(), contents.get(1));
    if (clients.isPresent()) {
      SettingFile ca = settings.clientCa().orElseThrow();
      try {
        clients
            .get()
            .updateTrustCredentials(
                KeyPairFiles.certificates(ca, contents.get(2)).toArray(KeyPairFiles.NO_CHAIN));
      } catch (IOException | GeneralSecurityException e) {
        throw ca.wrong("has a certificate that cannot be used (%s)".formatted(e.getMessage()));
      }
    }
    key.updateIdentityCredentials(pair.chain().toArray(KeyPairFiles.NO_CHAIN), pair.key());
  }
}

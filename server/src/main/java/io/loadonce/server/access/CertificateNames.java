package io.loadonce.server.access;

import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** The names in a client's certificate. */
public final class CertificateNames {

  /** As X.509 numbers them: a DNS name, and a URI such as a SPIFFE identity. */
  private static final Set<Object> DNS_OR_URI = Set.of(2, 6);

  private CertificateNames() {}

  /**
   * Returns the DNS names and URIs of the certificate, then the common name of its subject. Returns
   * nothing if there is no TLS, or the client has no certificate that TLS has checked.
   */
  public static List<String> of(@Nullable SSLSession session) {
    if (session == null) {
      return List.of();
    }
    try {
      Certificate[] chain = session.getPeerCertificates();
      return chain.length > 0 && chain[0] instanceof X509Certificate certificate
          ? of(certificate)
          : List.of();
    } catch (SSLPeerUnverifiedException _) {
      return List.of();
    }
  }

  /** Returns whether the client has a certificate that TLS has checked. */
  public static boolean isChecked(@Nullable SSLSession session) {
    try {
      return session != null && session.getPeerCertificates().length > 0;
    } catch (SSLPeerUnverifiedException _) {
      return false;
    }
  }

  private static List<String> of(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> others = certificate.getSubjectAlternativeNames();
      if (others != null) {
        for (List<?> other : others) {
          if (DNS_OR_URI.contains(other.get(0))) {
            names.add(String.valueOf(other.get(1)));
          }
        }
      }
      for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        if (part.getType().equalsIgnoreCase("CN")) {
          names.add(String.valueOf(part.getValue()));
        }
      }
    } catch (CertificateParsingException | InvalidNameException _) {
      return List.of();
    }
    return List.copyOf(names);
  }
}

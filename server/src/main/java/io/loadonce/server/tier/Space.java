package io.loadonce.server.tier;

import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.LookupSettings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The part of Redis that holds the rows of one lookup. Two lookups whose rows could differ have two
 * spaces: another database, query, key, version column or form of the encoding. So two versions of
 * a deployment never read each other's rows.
 *
 * @param prefix of all keys of this fleet
 * @param lookup the name of the lookup
 * @param fingerprint of all that decides what its rows are
 */
record Space(String prefix, String lookup, String fingerprint) {

  /** Changes with the form of the values in Redis. */
  private static final String ENCODING = "1";

  private static final int DIGEST_BYTES = 9;

  /** No id contains it, as ids have no control characters. */
  private static final String BETWEEN_PARTS = "\u001f";

  /**
   * @param database the URL and the user of the database
   */
  static Space of(String prefix, String database, LookupSettings lookup) {
    String all =
        String.join(
            "\n",
            ENCODING,
            database,
            lookup.query().toString(),
            lookup.key().toString(),
            lookup.rows().name(),
            String.valueOf(lookup.versionColumn()),
            String.valueOf(lookup.maxRows()),
            String.valueOf(lookup.maxRowBytes()));
    return new Space(prefix, lookup.name(), digest(all));
  }

  /**
   * The key of the epoch, with which the keys of the ids begin. Another process of Redis has other
   * keys: what a server has from before its restart, or a replica from its primary, is never read.
   */
  String epochKey(String runId) {
    return "%s:{%s:%s}".formatted(prefix, lookup, digest(fingerprint + runId));
  }

  /** The id as text, for its key. */
  static String text(Key id) {
    List<Key> parts = id.parts();
    return parts.size() == 1
        ? id.text()
        : parts.stream().map(Key::text).collect(Collectors.joining(BETWEEN_PARTS));
  }

  private static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().encodeToString(Arrays.copyOf(hash, DIGEST_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}

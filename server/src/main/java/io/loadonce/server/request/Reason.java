package io.loadonce.server.request;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.loadonce.db.lookup.InvalidIdException;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.server.access.Caller;
import io.loadonce.server.access.Right;
import io.loadonce.server.lookup.Lookups;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Why a call or an id failed: the reasons of the contract, each with its status code. */
enum Reason {
  NOT_FOUND(Code.NOT_FOUND),
  UNKNOWN_LOOKUP(Code.NOT_FOUND),
  NOT_IN_MEMORY(Code.NOT_FOUND),
  INVALID_ID(Code.INVALID_ARGUMENT),
  INVALID_BATCH(Code.INVALID_ARGUMENT),
  INVALID_MAX_AGE(Code.INVALID_ARGUMENT),
  INVALID_REPEAT(Code.INVALID_ARGUMENT),
  NO_VERSION_COLUMN(Code.INVALID_ARGUMENT),
  MALFORMED_REQUEST(Code.INVALID_ARGUMENT),
  VERSION_TOO_OLD(Code.FAILED_PRECONDITION),
  TOO_MANY_WAITERS(Code.RESOURCE_EXHAUSTED),
  OVERLOADED(Code.RESOURCE_EXHAUSTED),
  TOO_MANY_REPLY_BYTES(Code.RESOURCE_EXHAUSTED),
  TOO_MANY_REPEATS(Code.RESOURCE_EXHAUSTED),
  UNAUTHENTICATED(Code.UNAUTHENTICATED),
  PERMISSION_DENIED(Code.PERMISSION_DENIED),
  DEADLINE_EXCEEDED(Code.DEADLINE_EXCEEDED),
  DATABASE_UNAVAILABLE(Code.UNAVAILABLE),
  LOADS_SWITCHED_OFF(Code.UNAVAILABLE),
  NOT_SENT(Code.UNAVAILABLE),
  SHUTTING_DOWN(Code.UNAVAILABLE),
  QUERY_FAILED(Code.INTERNAL),
  INVALID_ROW(Code.INTERNAL);

  static final String DOMAIN = "loadonce";

  /** The most ids that one BatchGet or Invalidate may name. */
  static final int MAX_IDS = 1_000;

  /** For a request with {@code only_if_cached}. */
  static final Status NOT_CACHED =
      NOT_IN_MEMORY.status(
          "the cache has no entry for this id that may be served; leave out only_if_cached to load"
              + " it");

  /** The most names of lookups in one text, so that it fits into the trailers of a call. */
  private static final int MAX_NAMES = 20;

  /** The longest part of a name from a request that a text repeats, in characters. */
  private static final int MAX_NAME_LENGTH = 63;

  /** When a rejected caller should try again, if nothing better is known. */
  static final long RETRY_NANOS = 1_000_000_000;

  /** For a caller whom another try cannot help. */
  static final long NO_RETRY = 0;

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final Code code;

  Reason(Code code) {
    this.code = code;
  }

  Code code() {
    return code;
  }

  static Status invalidId(InvalidIdException mistake) {
    String text = mistake.getMessage();
    return INVALID_ID.status(text == null ? "the id is not valid" : text);
  }

  static Status invalidBatch(int size) {
    return INVALID_BATCH.status(
        "a request names 1 to %,d ids or keys, not %s"
            .formatted(MAX_IDS, size == 0 ? "0" : "more"));
  }

  static Status idAndKey(LookupSettings lookup) {
    return INVALID_ID.status(
        "the request has both id and key; the lookup %s has the key (%s), so send only %s"
            .formatted(lookup.name(), lookup.key(), lookup.key().size() == 1 ? "id" : "key"));
  }

  static Status noVersionColumn(String lookup) {
    return NO_VERSION_COLUMN.status(
        ("the lookup %s has no version column; set version-column in the settings of the server, or"
                + " leave out min_version")
            .formatted(lookup));
  }

  static Status noRight(Caller caller, Right right) {
    return PERMISSION_DENIED.status(
        "the caller %s does not have the right %s, which the access file of the server grants"
            .formatted(caller.name(), right));
  }

  /**
   * Says why a request has no lookup: there is none of that name, or the caller may not use it. A
   * caller learns nothing about lookups that it may not use, not even whether there are such.
   *
   * @param name as the request has it, empty if it names none
   */
  static Status noLookup(String name, Lookups lookups, Caller caller) {
    boolean isThere = name.isEmpty() && lookups.find(name) != null;
    boolean isDenied = !name.isEmpty() && !caller.mayUse(name);
    if (isThere || isDenied) {
      return PERMISSION_DENIED.status(
          "the caller %s may not use the lookup %s; it may use %s"
              .formatted(
                  caller.name(),
                  name.isEmpty() ? LookupSettings.DEFAULT_NAME : shown(name),
                  names(lookups, caller)));
    }
    return unknownLookup(name, lookups, caller);
  }

  private static Status unknownLookup(String name, Lookups lookups, Caller caller) {
    String shown = shown(name);
    String mistake =
        name.isEmpty()
            ? "the request names no lookup, and this server has several"
            : "this server has no lookup " + shown;
    return UNKNOWN_LOOKUP.status(
        "%s; name one of these: %s".formatted(mistake, names(lookups, caller)),
        Map.of("lookup", shown));
  }

  /**
   * @param text what is wrong and what would be right; never SQL, never a stack trace
   */
  Status status(String text) {
    return status(text, Map.of());
  }

  /**
   * @param metadata details of this case, for programs
   */
  Status status(String text, Map<String, String> metadata) {
    return status(text, metadata, RETRY_NANOS);
  }

  /**
   * @param retryNanos after which time the caller may try again, told only with a code that says
   *     so; or {@link #NO_RETRY}
   */
  Status status(String text, Map<String, String> metadata, long retryNanos) {
    ErrorInfo info =
        ErrorInfo.newBuilder().setReason(name()).setDomain(DOMAIN).putAllMetadata(metadata).build();
    Status.Builder status =
        Status.newBuilder().setCode(code.getNumber()).setMessage(text).addDetails(Any.pack(info));
    boolean mayRetry = code == Code.RESOURCE_EXHAUSTED || code == Code.UNAVAILABLE;
    if (mayRetry && retryNanos != NO_RETRY) {
      status.addDetails(retryAfter(retryNanos));
    }
    return status.build();
  }

  /** After how many milliseconds the caller is told to try again; 0 if it is told nothing. */
  static long retryMillis(Status status) {
    for (Any detail : status.getDetailsList()) {
      if (detail.is(RetryInfo.class)) {
        Duration delay = unpack(detail).getRetryDelay();
        return delay.getSeconds() * 1_000 + delay.getNanos() / 1_000_000 + 1;
      }
    }
    return 0;
  }

  private static RetryInfo unpack(Any detail) {
    try {
      return detail.unpack(RetryInfo.class);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("this class has packed it", e);
    }
  }

  private static Any retryAfter(long nanos) {
    Duration delay =
        Duration.newBuilder()
            .setSeconds(nanos / NANOS_PER_SECOND)
            .setNanos((int) (nanos % NANOS_PER_SECOND))
            .build();
    return Any.pack(RetryInfo.newBuilder().setRetryDelay(delay).build());
  }

  private static String names(Lookups lookups, Caller caller) {
    List<String> all =
        lookups.all().stream()
            .map(lookup -> lookup.settings().name())
            .filter(caller::mayUse)
            .toList();
    String names = all.stream().limit(MAX_NAMES).collect(Collectors.joining(", "));
    return all.size() <= MAX_NAMES
        ? names
        : "%s and %,d more".formatted(names, all.size() - MAX_NAMES);
  }

  /** A name from a request may be long and may hold any characters. */
  private static String shown(String name) {
    String plain = name.replaceAll("[^\\x20-\\x7E]", "?");
    return plain.length() <= MAX_NAME_LENGTH ? plain : plain.substring(0, MAX_NAME_LENGTH) + "...";
  }
}

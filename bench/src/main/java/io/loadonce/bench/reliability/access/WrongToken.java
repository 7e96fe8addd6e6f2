package io.loadonce.bench.reliability.access;

import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Base64;
import java.util.random.RandomGenerator;

/** What is wrong with a token. */
enum WrongToken {
  ABSENT("no token"),
  EMPTY("empty"),
  SAME_LENGTH("another, of the same length"),
  OTHER_LENGTH("another, 10 characters longer"),
  ALMOST("right but for the last character"),
  WRONG_RIGHTS("of a caller without the right");

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final int SAME = 43;
  private static final int LONGER = 53;

  private final String text;

  WrongToken(String text) {
    this.text = text;
  }

  /** The headers of a call; a token that is random is another one each time. */
  Metadata headers(Secured service, RandomGenerator random) {
    Metadata headers = new Metadata();
    String right = service.reader().token();
    switch (this) {
      case ABSENT -> {}
      case EMPTY -> headers.put(AUTHORIZATION, "Bearer ");
      case SAME_LENGTH -> headers.put(AUTHORIZATION, "Bearer " + random(random, SAME));
      case OTHER_LENGTH -> headers.put(AUTHORIZATION, "Bearer " + random(random, LONGER));
      case ALMOST ->
          headers.put(
              AUTHORIZATION,
              "Bearer "
                  + right.substring(0, right.length() - 1)
                  + (right.endsWith("A") ? 'B' : 'A'));
      case WRONG_RIGHTS -> headers.put(AUTHORIZATION, "Bearer " + service.writer().token());
    }
    return headers;
  }

  /** How a call with it must end. */
  Status.Code expected() {
    return this == WRONG_RIGHTS ? Status.Code.PERMISSION_DENIED : Status.Code.UNAUTHENTICATED;
  }

  private static String random(RandomGenerator random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).substring(0, length);
  }

  @Override
  public String toString() {
    return text;
  }
}

package io.loadonce.server.tier;

import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/**
 * Something that Redis is to do. Exactly one of {@code onReply} and {@code onFailure} is called, on
 * a thread of the {@link Exchange} or of the caller; neither may block.
 *
 * @param send sends it and returns how many answers will come; if there are several, an error among
 *     them is the answer, otherwise the last one
 * @param onReply accepts the answer
 * @param onFailure Redis did not do it, or it is not known whether it did
 * @param bytes about how many bytes are sent
 */
record Command(
    ToIntFunction<RedisConnection> send, Consumer<Object> onReply, Runnable onFailure, int bytes) {

  /** A message for the other instances, of which it does not matter whether it arrives. */
  static Command publish(String channel, byte[] message) {
    return new Command(
        to -> {
          to.publish(channel, message);
          return 1;
        },
        _ -> {},
        () -> {},
        message.length);
  }
}

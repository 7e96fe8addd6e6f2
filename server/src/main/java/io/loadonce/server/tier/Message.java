package io.loadonce.server.tier;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What instances tell each other over the channel of the fleet. Immutable. */
sealed interface Message {

  /** The first byte of each message; another form of the messages has another one. */
  byte FORM = 1;

  /** An instance is there, and has told its heartbeat with this number. */
  record Heartbeat(String instance, long number) implements Message {}

  /**
   * An instance asks the others to claim what they know of the rows of a lookup.
   *
   * @param epochKey of the space of these rows
   * @param millis a time that Redis had told before the message was sent
   */
  record Hello(String instance, String epochKey, String millis) implements Message {}

  /**
   * Ids were invalidated.
   *
   * @param fingerprint of the space in which the sender has removed them
   * @param ids each as its parts
   */
  record Invalidated(
      String instance, long number, String lookup, String fingerprint, List<List<String>> ids)
      implements Message {
    public Invalidated {
      ids = List.copyOf(ids);
    }
  }

  /** All ids of a lookup were invalidated. */
  record AllInvalidated(String instance, long number, String lookup, String fingerprint)
      implements Message {}

  /** An instance has obeyed the invalidation of another one. */
  record Obeyed(String instance, String sender, long number) implements Message {}

  /**
   * The load has ended for which instances wait.
   *
   * @param error why it failed; {@link Failure#NONE} if it did not, or if it should be repeated
   */
  record Wake(String lookup, String fingerprint, String id, Failure error, String text)
      implements Message {}

  /** How a load failed. */
  enum Failure {
    NONE,
    UNAVAILABLE,
    QUERY_FAILED,
    INVALID_ROW
  }

  default byte[] encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORM);
      switch (this) {
        case Heartbeat(String instance, long number) -> write(out, 'b', number, instance);
        case Hello(String instance, String epochKey, String millis) ->
            write(out, 'h', 0, instance, epochKey, millis);
        case AllInvalidated(String instance, long number, String lookup, String fingerprint) ->
            write(out, 'e', number, instance, lookup, fingerprint);
        case Obeyed(String instance, String sender, long number) ->
            write(out, 'o', number, instance, sender);
        case Wake(String lookup, String fingerprint, String id, Failure error, String text) ->
            write(out, 'w', 0, lookup, fingerprint, id, error.name(), text);
        case Invalidated(
                String instance,
                long number,
                String lookup,
                String fingerprint,
                List<List<String>> ids) -> {
          write(out, 'i', number, instance, lookup, fingerprint);
          out.writeInt(ids.size());
          for (List<String> id : ids) {
            out.writeByte(id.size());
            for (String part : id) {
              out.writeUTF(part);
            }
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a message is larger than its parts may be", e);
    }
    return bytes.toByteArray();
  }

  /** Returns null if the bytes are not a message of this form. */
  static @Nullable Message decode(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readByte() != FORM) {
        return null;
      }
      char kind = (char) in.readByte();
      long number = in.readLong();
      return switch (kind) {
        case 'b' -> new Heartbeat(in.readUTF(), number);
        case 'h' -> new Hello(in.readUTF(), in.readUTF(), in.readUTF());
        case 'e' -> new AllInvalidated(in.readUTF(), number, in.readUTF(), in.readUTF());
        case 'o' -> new Obeyed(in.readUTF(), in.readUTF(), number);
        case 'w' -> wake(in);
        case 'i' -> new Invalidated(in.readUTF(), number, in.readUTF(), in.readUTF(), ids(in));
        default -> null;
      };
    } catch (IOException _) {
      return null;
    }
  }

  private static @Nullable Message wake(DataInputStream in) throws IOException {
    String lookup = in.readUTF();
    String fingerprint = in.readUTF();
    String id = in.readUTF();
    String error = in.readUTF();
    String text = in.readUTF();
    for (Failure failure : Failure.values()) {
      if (failure.name().equals(error)) {
        return new Wake(lookup, fingerprint, id, failure, text);
      }
    }
    return null;
  }

  private static List<List<String>> ids(DataInputStream in) throws IOException {
    List<List<String>> ids = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      List<String> parts = new ArrayList<>();
      for (int part = in.readByte(); part > 0; part--) {
        parts.add(in.readUTF());
      }
      ids.add(List.copyOf(parts));
    }
    return ids;
  }

  private static void write(DataOutputStream out, char kind, long number, String... texts)
      throws IOException {
    out.writeByte(kind);
    out.writeLong(number);
    for (String text : texts) {
      out.writeUTF(text);
    }
  }
}

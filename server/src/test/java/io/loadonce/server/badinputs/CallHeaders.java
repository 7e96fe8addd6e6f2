package io.loadonce.server.badinputs;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The headers of a call in their order, good ones to begin with. Immutable. */
record CallHeaders(List<Header> all) {

  /** The path of Get. */
  static final String GET = "/loadonce.v1.ResourceService/Get";

  /** An integer of HPACK that begins with 7 bits, RFC 7541 section 5.1. */
  private static final int MAX_OF_7_BITS = 127;

  /** A name or value may hold octets that are not allowed; each char is one octet. */
  record Header(String name, String value) {}

  CallHeaders {
    all = List.copyOf(all);
  }

  /** What a good client sends. */
  static CallHeaders of(String path) {
    return new CallHeaders(List.of())
        .with(":method", "POST")
        .with(":scheme", "http")
        .with(":path", path)
        .with(":authority", "127.0.0.1")
        .with("content-type", "application/grpc")
        .with("te", "trailers");
  }

  /** Returns these headers and one more at the end. */
  CallHeaders with(String name, String value) {
    List<Header> more = new ArrayList<>(all);
    more.add(new Header(name, value));
    return new CallHeaders(more);
  }

  /** Returns these headers with one more in front of all others. */
  CallHeaders withFirst(String name, String value) {
    List<Header> more = new ArrayList<>(all);
    more.addFirst(new Header(name, value));
    return new CallHeaders(more);
  }

  CallHeaders without(String name) {
    return new CallHeaders(all.stream().filter(header -> !header.name().equals(name)).toList());
  }

  /** Returns these headers with another value of one of them, in the same place. */
  CallHeaders but(String name, String value) {
    return new CallHeaders(
        all.stream()
            .map(header -> header.name().equals(name) ? new Header(name, value) : header)
            .toList());
  }

  /** Returns the header block: literals that are not indexed, without Huffman codes. */
  byte[] encoded() {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (Header header : all) {
      block.write(0);
      write(block, header.name());
      write(block, header.value());
    }
    return block.toByteArray();
  }

  private static void write(ByteArrayOutputStream block, String text) {
    byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
    int rest = octets.length - MAX_OF_7_BITS;
    if (rest < 0) {
      block.write(octets.length);
    } else {
      block.write(MAX_OF_7_BITS);
      for (; rest >= 128; rest >>>= 7) {
        block.write((rest & 127) | 128);
      }
      block.write(rest);
    }
    block.writeBytes(octets);
  }
}

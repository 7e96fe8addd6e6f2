package io.loadonce.server.badinputs;

/** How a stream or a connection ended, as its client sees it. */
sealed interface Seen {

  /** The error codes of HTTP/2, RFC 9113 section 7. */
  int NO_ERROR = 0;

  int PROTOCOL_ERROR = 1;
  int INTERNAL_ERROR = 2;
  int FLOW_CONTROL_ERROR = 3;
  int STREAM_CLOSED = 5;
  int FRAME_SIZE_ERROR = 6;
  int REFUSED_STREAM = 7;
  int CANCEL = 8;
  int COMPRESSION_ERROR = 9;
  int ENHANCE_YOUR_CALM = 11;

  /** Of a reply without grpc-status. */
  int NO_STATUS = -1;

  /**
   * The server ended the stream.
   *
   * @param http the status of HTTP
   * @param grpc the status of gRPC, {@link #NO_STATUS} if there is none
   */
  record Ended(int http, int grpc) implements Seen {}

  /** The server reset the stream with this error code. */
  record Reset(int code) implements Seen {}

  /** The server said with this error code that it accepts no more streams of the connection. */
  record GoAway(int code, String text) implements Seen {}

  /** The server closed the connection without a GOAWAY frame. */
  record Closed() implements Seen {}

  /** Nothing of that happened in time. */
  record Nothing() implements Seen {}
}

package io.loadonce.interop;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.loadonce.v1.Resource;

/** Reads the rows and the errors of replies. */
final class Replies {

  private Replies() {}

  static String name(Resource row) {
    return row.getData().getFieldsOrThrow("name").getStringValue();
  }

  static String reason(Status status) throws InvalidProtocolBufferException {
    for (Any detail : status.getDetailsList()) {
      if (detail.is(ErrorInfo.class)) {
        return detail.unpack(ErrorInfo.class).getReason();
      }
    }
    return "";
  }
}

package io.loadonce.client;

import com.google.protobuf.Duration;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.InvalidateRequest;
import io.loadonce.v1.Key;
import java.util.List;

/** Writes requests: keys and options in the form of the contract. */
final class Requests {

  private Requests() {}

  static GetRequest get(RowKey key, ReadOptions options) {
    GetRequest.Builder request = GetRequest.newBuilder().setLookup(key.lookup());
    if (key.parts().size() == 1) {
      request.setId(key.parts().get(0));
    } else {
      request.addAllKey(key.parts());
    }
    if (options.minVersion() != null) {
      request.setMinVersion(options.minVersion());
    }
    if (options.maxAge() != null) {
      request.setMaxAge(duration(options.maxAge()));
    }
    return request.setOnlyIfCached(options.onlyIfCached()).build();
  }

  static BatchGetRequest batchGet(List<RowKey> keys, ReadOptions options) {
    BatchGetRequest.Builder request = BatchGetRequest.newBuilder();
    if (areIds(keys)) {
      keys.forEach(key -> request.setLookup(key.lookup()).addIds(key.parts().get(0)));
    } else {
      keys.forEach(key -> request.addKeys(key(key)));
    }
    if (options.minVersion() != null) {
      request.setMinVersion(options.minVersion());
    }
    if (options.maxAge() != null) {
      request.setMaxAge(duration(options.maxAge()));
    }
    return request.setOnlyIfCached(options.onlyIfCached()).build();
  }

  static InvalidateRequest.Builder invalidate(List<RowKey> keys) {
    InvalidateRequest.Builder request = InvalidateRequest.newBuilder();
    if (areIds(keys)) {
      keys.forEach(key -> request.setLookup(key.lookup()).addIds(key.parts().get(0)));
    } else {
      keys.forEach(key -> request.addKeys(key(key)));
    }
    return request;
  }

  static Duration duration(java.time.Duration time) {
    return Duration.newBuilder().setSeconds(time.getSeconds()).setNanos(time.getNano()).build();
  }

  /** Ids of one lookup, the form that a server reads fastest and that older servers know. */
  private static boolean areIds(List<RowKey> keys) {
    return keys.stream()
        .allMatch(key -> key.parts().size() == 1 && key.lookup().equals(keys.get(0).lookup()));
  }

  private static Key key(RowKey key) {
    Key.Builder built = Key.newBuilder().setLookup(key.lookup());
    return key.parts().size() == 1
        ? built.setId(key.parts().get(0)).build()
        : built.addAllKey(key.parts()).build();
  }
}

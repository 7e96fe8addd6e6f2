package io.loadonce.server.request;

import com.google.protobuf.Duration;
import io.loadonce.db.lookup.KeyColumn;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.lookup.Rows;
import io.loadonce.server.lookup.Lookup;
import io.loadonce.server.lookup.Lookups;
import io.loadonce.v1.ListLookupsRequest;
import io.loadonce.v1.ListLookupsResponse;

/** ListLookups: what callers may ask for. The reply never has the query of a lookup. */
final class ListLookupsMethod implements UnaryCall.Method<ListLookupsRequest> {

  private final WireMessage reply;

  ListLookupsMethod(Lookups lookups) {
    ListLookupsResponse.Builder all = ListLookupsResponse.newBuilder();
    lookups.all().forEach(lookup -> all.addLookups(described(lookup)));
    this.reply = new WireMessage.Generated(all.build());
  }

  @Override
  public void handle(ListLookupsRequest request, UnaryCall<ListLookupsRequest> call) {
    call.reply(reply);
  }

  private static io.loadonce.v1.Lookup described(Lookup lookup) {
    LookupSettings settings = lookup.settings();
    boolean returnsLists = settings.rows() == Rows.MANY;
    io.loadonce.v1.Lookup.Builder described =
        io.loadonce.v1.Lookup.newBuilder()
            .setName(settings.name())
            .setReturnsLists(returnsLists)
            .setMaxRows(returnsLists ? settings.maxRows() : 0)
            .setHasVersions(settings.versionColumn() != null)
            .setTimeToLive(duration(lookup.timeToLive()))
            .setNegativeTimeToLive(duration(lookup.negativeTimeToLive()));
    for (KeyColumn column : settings.key().columns()) {
      described.addKey(
          io.loadonce.v1.KeyColumn.newBuilder()
              .setName(column.name())
              .setType(column.type().toString()));
    }
    return described.build();
  }

  private static Duration duration(java.time.Duration time) {
    return Duration.newBuilder().setSeconds(time.getSeconds()).setNanos(time.getNano()).build();
  }
}

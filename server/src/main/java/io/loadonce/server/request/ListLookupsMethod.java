package io.loadonce.server.request;

import com.google.protobuf.Duration;
import io.loadonce.db.lookup.KeyColumn;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.lookup.Rows;
import io.loadonce.server.lookup.Lookup;
import io.loadonce.server.lookup.Lookups;
import io.loadonce.v1.ListLookupsRequest;
import io.loadonce.v1.ListLookupsResponse;

/** ListLookups: the lookups that the caller may use. The reply never has the query of a lookup. */
final class ListLookupsMethod implements UnaryCall.Method<ListLookupsRequest> {

  private final Lookups lookups;

  ListLookupsMethod(Lookups lookups) {
    this.lookups = lookups;
  }

  @Override
  public void handle(ListLookupsRequest request, UnaryCall<ListLookupsRequest> call) {
    ListLookupsResponse.Builder reply = ListLookupsResponse.newBuilder();
    lookups.all().stream()
        .filter(lookup -> call.caller().mayUse(lookup.settings().name()))
        .map(ListLookupsMethod::described)
        .forEach(reply::addLookups);
    call.reply(new WireMessage.Generated(reply.build()));
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

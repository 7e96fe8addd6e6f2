package io.loadonce.db;

import io.loadonce.db.form.Row;
import io.loadonce.db.form.RowList;
import io.loadonce.db.form.StructForm;
import io.loadonce.db.jdbc.Database;
import io.loadonce.db.jdbc.DatabaseSettings;
import io.loadonce.db.lookup.Key;
import io.loadonce.db.lookup.KeyType;
import io.loadonce.db.lookup.LookupSettings;
import io.loadonce.db.source.Source;
import io.loadonce.db.source.SourceQuery;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** A lookup and a database that no other lookup uses, for tests. */
public record OneLookup(DatabaseSettings database, LookupSettings lookup) {

  public OneLookup withUrl(String url) {
    return new OneLookup(
        new DatabaseSettings(
            url,
            database.user(),
            database.password(),
            database.poolSize(),
            database.connectTimeout(),
            database.queryTimeout(),
            database.maxQueryBytes()),
        lookup);
  }

  public OneLookup withMaxQueryBytes(long bytes) {
    return new OneLookup(database.withMaxQueryBytes(bytes), lookup);
  }

  public OneLookup withPoolSize(int size) {
    return new OneLookup(database.withPoolSize(size), lookup);
  }

  public OneLookup withConnectTimeout(Duration timeout) {
    return new OneLookup(database.withConnectTimeout(timeout), lookup);
  }

  public OneLookup withQueryTimeout(Duration timeout) {
    return new OneLookup(database.withQueryTimeout(timeout), lookup);
  }

  public OneLookup withKey(String column, KeyType type) {
    return new OneLookup(database, lookup.withKey(column, type));
  }

  public OneLookup withVersionColumn(String column) {
    return new OneLookup(database, lookup.withVersionColumn(column));
  }

  public OneLookup withMaxRowBytes(int bytes) {
    return new OneLookup(database, lookup.withMaxRowBytes(bytes));
  }

  /** Ids have lists of up to this many rows. */
  public OneLookup withLists(int maxRows) {
    return new OneLookup(database, lookup.withLists(maxRows));
  }

  /** Opens the database and a source of decoded rows. */
  public Open<Row> open() {
    return open(row -> row);
  }

  /** Opens the database and a source of converted rows. */
  public <V> Open<V> open(Function<Row, V> conversion) {
    Database opened = Database.open(database);
    return new Open<>(opened, opened.source(lookup, StructForm.ofOne(conversion)));
  }

  /** Opens the database and a source of lists of rows. */
  public Open<RowList> openLists() {
    Database opened = Database.open(database);
    StructForm<RowList> form =
        new StructForm<>(
            _ -> {
              throw new AssertionError("not a list");
            },
            list -> list);
    return new Open<>(opened, opened.source(lookup, form));
  }

  /** A source that closes its database with itself. */
  public record Open<V>(Database database, Source<Key, V> source)
      implements Source<Key, V>, AutoCloseable {

    @Override
    public SourceQuery<Key, V> query(List<Key> ids) {
      return source.query(ids);
    }

    @Override
    public int connections() {
      return source.connections();
    }

    @Override
    public int maxIdsPerQuery() {
      return source.maxIdsPerQuery();
    }

    @Override
    public void close() {
      database.close();
    }
  }
}

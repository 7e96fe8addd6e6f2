package io.loadonce.db.feed;

import io.loadonce.db.lookup.KeyType;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What makes a table in PostgreSQL say which of its rows have changed: one notification for a row,
 * or one for everything where a statement touches more than {@link #MAX_ROWS} rows. From version 10
 * on.
 */
public final class PostgresTriggers {

  /** The channel of the notifications. */
  static final String CHANNEL = "loadonce_changed";

  static final List<String> NAMES =
      List.of("loadonce_insert", "loadonce_update", "loadonce_delete", "loadonce_truncate");

  private static final int MAX_ROWS = 1_000;

  /** Needs no quotes, and PostgreSQL does not cut it off. */
  private static final Pattern TELLING = Pattern.compile("[a-z0-9_]{1,63}");

  /*
   * Once for a statement, with its rows in transition tables: a trigger for each row would look at
   * one row at a time and could not count. PostgreSQL allows no transition tables in a trigger for
   * more than one event, so there is a trigger for each. An update that changes the key says both.
   *
   * The key is written by its type's output function, as the row has it. One that is longer than an
   * id may be is left out: it cannot be in memory.
   */
  private static final String SCRIPT =
      """
      -- Run once, as the owner of the table: ./loadonce sql triggers | psql
      BEGIN;

      -- Fails here, and not in the writers, if the table or the column has another name.
      SELECT {key} FROM {table} LIMIT 0;

      CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $loadonce$
      DECLARE
        place CONSTANT text := TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME;
        keys text[];
      BEGIN
        IF TG_OP = 'INSERT' THEN
          SELECT array_agg(k) INTO keys
          FROM (SELECT format('%s', {key}) AS k FROM loadonce_new LIMIT {rows} + 1) AS changed;
        ELSIF TG_OP = 'UPDATE' THEN
          SELECT array_agg(k) INTO keys
          FROM (SELECT format('%s', {key}) AS k FROM loadonce_new
                UNION SELECT format('%s', {key}) FROM loadonce_old LIMIT {rows} + 1) AS changed;
        ELSIF TG_OP = 'DELETE' THEN
          SELECT array_agg(k) INTO keys
          FROM (SELECT format('%s', {key}) AS k FROM loadonce_old LIMIT {rows} + 1) AS changed;
        END IF;
        IF TG_OP = 'TRUNCATE' OR cardinality(keys) > {rows} THEN
          PERFORM pg_notify('{channel}', place);
        ELSE
          PERFORM pg_notify('{channel}', place || ':' || k)
          FROM unnest(keys) AS changed (k) WHERE octet_length(k) BETWEEN 1 AND {bytes};
        END IF;
        RETURN NULL;
      END $loadonce$;

      DROP TRIGGER IF EXISTS loadonce_insert ON {table};
      CREATE TRIGGER loadonce_insert AFTER INSERT ON {table}
        REFERENCING NEW TABLE AS loadonce_new
        FOR EACH STATEMENT EXECUTE PROCEDURE {function}();

      DROP TRIGGER IF EXISTS loadonce_update ON {table};
      CREATE TRIGGER loadonce_update AFTER UPDATE ON {table}
        REFERENCING OLD TABLE AS loadonce_old NEW TABLE AS loadonce_new
        FOR EACH STATEMENT EXECUTE PROCEDURE {function}();

      DROP TRIGGER IF EXISTS loadonce_delete ON {table};
      CREATE TRIGGER loadonce_delete AFTER DELETE ON {table}
        REFERENCING OLD TABLE AS loadonce_old
        FOR EACH STATEMENT EXECUTE PROCEDURE {function}();

      DROP TRIGGER IF EXISTS loadonce_truncate ON {table};
      CREATE TRIGGER loadonce_truncate AFTER TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE PROCEDURE {function}();

      COMMIT;
      """;

  private PostgresTriggers() {}

  /** The script that makes them; it may be run again. */
  public static String script(ChangedTable table) {
    return SCRIPT
        .replace("{channel}", CHANNEL)
        .replace("{rows}", Integer.toString(MAX_ROWS))
        .replace("{bytes}", Integer.toString(KeyType.MAX_ID_BYTES))
        .replace("{function}", function(table))
        .replace("{table}", table.name())
        .replace("{key}", table.keyColumn());
  }

  /** In the table's schema, with the table's name in it; two tables never share one. */
  private static String function(ChangedTable table) {
    String plain = table.plainName();
    String name = CHANNEL + "_" + plain;
    if (TELLING.matcher(name).matches()) {
      return table.schemaPrefix() + name;
    }
    return table.schemaPrefix() + CHANNEL + "_" + Integer.toHexString(plain.hashCode());
  }
}

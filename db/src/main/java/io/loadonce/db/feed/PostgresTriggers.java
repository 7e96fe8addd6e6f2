package io.loadonce.db.feed;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What makes a table in PostgreSQL report which of its rows have changed: one notification for a
 * row, or one for everything where more than {@link #MAX_ROWS} rows have changed. From version 10
 * on.
 */
public final class PostgresTriggers {

  /** The channel of the notifications. */
  static final String CHANNEL = "loadonce_changed";

  private static final int MAX_ROWS = 1_000;

  /** PostgreSQL sends less than 8,000 bytes, and a place has a few hundred. */
  private static final int MAX_KEY_BYTES = 2_000;

  /** Needs no quotes, and PostgreSQL does not cut off what is made of it. */
  private static final Pattern TELLING = Pattern.compile("[a-z0-9_]{1,44}");

  /*
   * A table that stands alone has triggers that run once for a statement, with its rows in
   * transition tables: a trigger for each row would look at one row at a time and could not count.
   * PostgreSQL allows no transition tables in a trigger for more than one event, so there is a
   * trigger for each.
   *
   * A trigger for each statement runs on the table that the statement names. A row of a partition
   * can change by a statement that names the partition or one that names its parent; so can a row
   * of a child table. Only triggers for each row run in both cases. Those of a partitioned table
   * are copied to its partitions, also to later ones, with their arguments; that is why the name of
   * the parent is an argument. Here the count is kept in a setting of the watched table, for the
   * transaction; a savepoint that is rolled back takes back both the count and the notifications.
   *
   * The key is written as a JSON array: it is the same for every DateStyle that a writer may have
   * chosen, and keys of several columns have one meaning. An update that changes the key sends the
   * old and the new one.
   *
   * The columns are in the names and in the payload: a table may report its changes by several
   * columns at once, for lookups with different keys, also of different services.
   */
  private static final String SCRIPT =
      """
      -- The table {comment} reports its changed rows to Loadonce.
      --
      -- Run this as the owner of the table; you can run it again. From then on PREPARE TRANSACTION
      -- fails in each transaction that has changed a row of the table: PostgreSQL allows no
      -- two-phase commit after a NOTIFY. If a writer needs two-phase commits, do not run it.
      BEGIN;

      -- Fails here, and not in the writers, if the table or a column has another name.
      SELECT {columns} FROM {table} LIMIT 0;

      CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $loadonce$
      DECLARE
        place CONSTANT text :=
          coalesce(nullif(TG_ARGV[0], ''), TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME) || TG_ARGV[1];
        counter CONSTANT text :=
          'loadonce.rows_' || encode(convert_to(place, getdatabaseencoding()), 'hex');
        row_count int;
        keys text[];
      BEGIN
        IF TG_OP = 'TRUNCATE' THEN
          PERFORM pg_notify('{channel}', place);
          RETURN NULL;
        ELSIF TG_LEVEL = 'ROW' THEN
          row_count := coalesce(nullif(current_setting(counter, true), '')::int, 0);
          IF row_count = {rows} + 1 THEN
            RETURN NULL;
          END IF;
          row_count := row_count + 1;
          PERFORM set_config(counter, row_count::text, true);
          IF TG_OP <> 'INSERT' THEN
            keys := array_append(keys, {key_of_old});
          END IF;
          IF TG_OP <> 'DELETE' THEN
            keys := array_append(keys, {key_of_new});
          END IF;
        ELSE
          IF TG_OP = 'INSERT' THEN
            SELECT array_agg(k) INTO keys
            FROM (SELECT {key} AS k FROM loadonce_new LIMIT {rows} + 1) AS changed;
          ELSIF TG_OP = 'UPDATE' THEN
            SELECT array_agg(k) INTO keys
            FROM (SELECT {key} AS k FROM loadonce_new
                  UNION SELECT {key} FROM loadonce_old LIMIT {rows} + 1) AS changed;
          ELSE
            SELECT array_agg(k) INTO keys
            FROM (SELECT {key} AS k FROM loadonce_old LIMIT {rows} + 1) AS changed;
          END IF;
          row_count := cardinality(keys);
        END IF;
        IF row_count > {rows} THEN
          PERFORM pg_notify('{channel}', place);
        ELSE
          PERFORM pg_notify('{channel}',
            CASE WHEN octet_length(k) <= {bytes} THEN place || ':' || k ELSE place END)
          FROM unnest(keys) AS changed (k);
        END IF;
        RETURN NULL;
      END $loadonce$;

      DO $loadonce$
      DECLARE
        root CONSTANT regclass := '{table_text}';
        root_place CONSTANT text := (
          SELECT nspname || '.' || relname FROM pg_class
          JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE pg_class.oid = root);
        stands_alone CONSTANT boolean := NOT EXISTS (
          SELECT FROM pg_class LEFT JOIN pg_inherits ON pg_class.oid IN (inhparent, inhrelid)
          WHERE pg_class.oid = root AND (relkind = 'p' OR inhrelid IS NOT NULL));
        member record;
        spoken_for text;
        former name;
        command text;
      BEGIN
        FOR member IN
          WITH RECURSIVE tree (rel) AS (
            SELECT root::oid UNION SELECT inhrelid FROM tree JOIN pg_inherits ON inhparent = rel)
          SELECT rel::regclass AS name, relkind AS kind, relispartition AND rel <> root AS has_copies
          FROM tree JOIN pg_class ON pg_class.oid = rel ORDER BY rel <> root
        LOOP
          IF member.kind NOT IN ('r', 'p') THEN
            RAISE EXCEPTION '% is a view or a foreign table, which reports no changes', member.name
              USING HINT = 'Name the tables under it.';
          END IF;
          -- A table that is renamed reports its new name, unless its partitions report it too.
          spoken_for := CASE WHEN member.name = root AND member.kind = 'r' THEN '' ELSE root_place END;
          FOR former IN
            SELECT tgname FROM pg_trigger
            WHERE tgrelid = member.name AND tgname LIKE 'loadonce\\_%'
            AND (NOT member.has_copies OR tgtype & 1 = 0)
            AND (tgname ~ '^loadonce_[a-z]+_{slug}$' OR tgargs IN ({arguments}))
          LOOP
            EXECUTE format('DROP TRIGGER %I ON %s', former, member.name);
          END LOOP;
          FOREACH command IN ARRAY CASE
            WHEN stands_alone THEN ARRAY[
              'insert_{slug} AFTER INSERT ON %s REFERENCING NEW TABLE AS loadonce_new'
                ' FOR EACH STATEMENT',
              'update_{slug} AFTER UPDATE ON %s'
                ' REFERENCING OLD TABLE AS loadonce_old NEW TABLE AS loadonce_new'
                ' FOR EACH STATEMENT',
              'delete_{slug} AFTER DELETE ON %s REFERENCING OLD TABLE AS loadonce_old'
                ' FOR EACH STATEMENT']
            WHEN NOT member.has_copies THEN ARRAY[
              'row_{slug} AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW']
            ELSE ARRAY[]::text[]
          END || text 'truncate_{slug} AFTER TRUNCATE ON %s FOR EACH STATEMENT'
          LOOP
            EXECUTE format(
              'CREATE TRIGGER loadonce_' || command || ' EXECUTE PROCEDURE %s(%L, %L)',
              member.name, '{function_text}', spoken_for, '{suffix_text}');
          END LOOP;
        END LOOP;
      END $loadonce$;

      COMMIT;
      """;

  private PostgresTriggers() {}

  /** Returns the script that makes the triggers of all these lookups, each once and in order. */
  public static String script(List<WatchedLookup> lookups) {
    return lookups.stream()
        .flatMap(lookup -> lookup.tables().stream())
        .distinct()
        .map(PostgresTriggers::script)
        .collect(Collectors.joining("\n"));
  }

  /** Returns the script that makes the triggers of one table; it may be run again. */
  public static String script(ChangedTable table) {
    String slug = slug(table);
    String function = table.schemaPrefix() + CHANNEL + "_" + slug;
    return SCRIPT
        .replace("{channel}", CHANNEL)
        .replace("{rows}", Integer.toString(MAX_ROWS))
        .replace("{bytes}", Integer.toString(MAX_KEY_BYTES))
        .replace("{slug}", slug)
        .replace("{arguments}", arguments("root_place", literal(table.suffix())))
        .replace("{suffix_text}", inLiteral(table.suffix()))
        .replace("{function_text}", inLiteral(function))
        .replace("{table_text}", inLiteral(table.name()))
        .replace("{function}", function)
        .replace("{key}", key("", table))
        .replace("{key_of_old}", key("OLD.", table))
        .replace("{key_of_new}", key("NEW.", table))
        .replace("{columns}", String.join(", ", table.keyColumns()))
        .replace("{comment}", table.toString())
        .replace("{table}", table.name());
  }

  /**
   * The SQL of the arguments that a trigger has in the catalog: those of a table that reports its
   * own name, and those of one that reports the name of its parent.
   *
   * @param place the SQL of the name
   * @param suffix the SQL of the columns
   */
  static String arguments(String place, String suffix) {
    return ("'\\x00'::bytea || convert_to(%2$s, getdatabaseencoding()) || '\\x00'::bytea,"
            + " convert_to(%1$s, getdatabaseencoding()) || '\\x00'::bytea"
            + " || convert_to(%2$s, getdatabaseencoding()) || '\\x00'::bytea")
        .formatted(place, suffix);
  }

  private static String key(String row, ChangedTable table) {
    return table.keyColumns().stream()
        .map(column -> row + column)
        .collect(Collectors.joining(", ", "json_build_array(", ")::text"));
  }

  private static String literal(String text) {
    return "'" + inLiteral(text) + "'";
  }

  private static String inLiteral(String text) {
    return text.replace("'", "''");
  }

  /** With the table's name and columns in it; two tables of a schema never share one. */
  private static String slug(ChangedTable table) {
    List<String> parts = new ArrayList<>(List.of(table.plainName()));
    parts.addAll(table.plainColumns());
    String slug = String.join("__", parts);
    if (TELLING.matcher(slug).matches()
        && parts.stream().noneMatch(part -> ("_" + part + "_").contains("__"))) {
      return slug;
    }
    UUID hash = UUID.nameUUIDFromBytes(parts.toString().getBytes(StandardCharsets.UTF_8));
    return hash.toString().replace("-", "").toLowerCase(Locale.ROOT);
  }
}

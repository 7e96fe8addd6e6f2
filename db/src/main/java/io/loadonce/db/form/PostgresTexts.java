package io.loadonce.db.form;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.HStoreConverter;
import org.postgresql.util.PGbytea;

/** Which JSON the text of a PostgreSQL type becomes, by the name of the type. */
final class PostgresTexts {

  /** What the server writes for these is what a column of them becomes. */
  private static final Set<String> TEXT =
      Set.of(
          "bit",
          "bpchar",
          "char",
          "cidr",
          "circle",
          "citext",
          "inet",
          "int2vector",
          "int4multirange",
          "int4range",
          "int8",
          "int8multirange",
          "int8range",
          "jsonpath",
          "line",
          "lseg",
          "macaddr",
          "macaddr8",
          "money",
          "name",
          "nummultirange",
          "numrange",
          "oidvector",
          "path",
          "pg_lsn",
          "pg_snapshot",
          "polygon",
          "refcursor",
          "regclass",
          "text",
          "tid",
          "tsquery",
          "tsvector",
          "txid_snapshot",
          "uuid",
          "varbit",
          "varchar",
          "xid8",
          "xml");

  private static final Pattern COORDINATE = Pattern.compile("\\d+(\\.\\d+)?([eE][-+]?\\d+)?");
  private static final int LEAST_PLAIN_EXPONENT = -4;
  private static final int MOST_PLAIN_EXPONENT = 14;

  private PostgresTexts() {}

  /** Returns null if it is no type of PostgreSQL itself; the catalog then knows it. */
  static @Nullable TextForm of(String typeName) {
    if (typeName.startsWith("_")) {
      TextForm elements = of(typeName.substring(1));
      char delimiter = typeName.equals("_box") ? ';' : ',';
      return elements == null ? null : PostgresArray.of(delimiter, elements);
    }
    return switch (typeName) {
      case "bool" -> text -> JsonValues.bool(text.startsWith("t"));
      case "int2", "int4", "oid", "xid", "cid" ->
          text -> JsonValues.number(Double.parseDouble(text));
      case "float4" -> text -> JsonValues.number(Float.parseFloat(text));
      case "float8" -> text -> JsonValues.number(Double.parseDouble(text));
      case "numeric" -> JsonValues::decimal;
      case "bytea" -> PostgresTexts::bytea;
      case "json", "jsonb" -> JsonDocument::read;
      case "hstore" -> PostgresTexts::hstore;
      case "date" -> PostgresTexts::date;
      case "time" -> text -> JsonValues.text(PostgresTimes.time(text));
      case "timetz" -> text -> JsonValues.text(PostgresTimes.offsetTime(text));
      case "timestamp" -> PostgresTexts::timestamp;
      case "timestamptz" -> PostgresTexts::instant;
      case "interval" -> text -> JsonValues.text(PostgresInterval.iso(text));
      case "daterange", "datemultirange" -> PostgresRange.of(PostgresTexts::date);
      case "tsrange", "tsmultirange" -> PostgresRange.of(PostgresTexts::timestamp);
      case "tstzrange", "tstzmultirange" -> PostgresRange.of(PostgresTexts::instant);
      case "point", "box" -> text -> JsonValues.text(coordinates(text));
      default -> TEXT.contains(typeName) ? JsonValues::text : null;
    };
  }

  private static Value date(String text) {
    return JsonValues.text(PostgresTimes.date(text));
  }

  private static Value timestamp(String text) {
    return JsonValues.text(PostgresTimes.timestamp(text));
  }

  private static Value instant(String text) {
    return JsonValues.text(PostgresTimes.instant(text));
  }

  private static Value bytea(String text) throws UnreadableValueException {
    try {
      return JsonValues.base64(PGbytea.toBytes(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (SQLException _) {
      throw new UnreadableValueException("its bytes are in a format that is not known");
    }
  }

  private static Value hstore(String text) {
    Struct.Builder struct = Struct.newBuilder();
    HStoreConverter.fromString(text)
        .forEach((key, value) -> struct.putFields(key, JsonValues.text(value)));
    return JsonValues.struct(struct);
  }

  /**
   * The driver writes coordinates as Java does if the server sent them in binary ("1.0E20"), and
   * the server as C does ("1e+20"). This is the server's form.
   */
  private static String coordinates(String text) {
    return COORDINATE.matcher(text).replaceAll(PostgresTexts::coordinate);
  }

  private static String coordinate(MatchResult number) {
    BigDecimal value = new BigDecimal(number.group()).stripTrailingZeros();
    int exponent = value.precision() - value.scale() - 1;
    if (value.signum() == 0
        || (exponent >= LEAST_PLAIN_EXPONENT && exponent <= MOST_PLAIN_EXPONENT)) {
      return value.toPlainString();
    }
    String digits = value.movePointLeft(exponent).toPlainString();
    return "%se%s%02d".formatted(digits, exponent < 0 ? "-" : "+", Math.abs(exponent));
  }
}

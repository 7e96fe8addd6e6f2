package io.loadonce.commands.load.record;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonDeserializer;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * A {@link RunRecord} as JSON. A histogram is an object with percentiles in milliseconds for people
 * and, as {@code hdr}, the whole histogram, which is what is read again.
 */
public final class RunJson {

  /** Versions of the form of the file; another one is refused. */
  private static final int FORMAT = 1;

  /** A longer file is refused. A run of 24 hours has about 50 MiB. */
  private static final long LONGEST_FILE_BYTES = 256L << 20;

  /** The percentiles that every report shows, in rising order. */
  private static final double[] PERCENTILES = {10, 25, 50, 75, 90, 95, 99, 99.9, 99.99};

  private static final Gson GSON =
      new GsonBuilder()
          .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
          .registerTypeAdapter(
              Instant.class,
              (JsonSerializer<Instant>) (time, _, _) -> new JsonPrimitive(time.toString()))
          .registerTypeAdapter(
              Instant.class,
              (JsonDeserializer<Instant>) (json, _, _) -> Instant.parse(json.getAsString()))
          .registerTypeAdapter(
              Histogram.class, (JsonSerializer<Histogram>) (each, _, _) -> object(each))
          .registerTypeAdapter(
              Histogram.class,
              (JsonDeserializer<Histogram>)
                  (json, _, _) ->
                      HistogramText.decode(json.getAsJsonObject().get("hdr").getAsString()))
          .create();

  private RunJson() {}

  /** The percentiles that every report shows, in rising order. */
  public static double[] percentiles() {
    return PERCENTILES.clone();
  }

  /** The name of a percentile, such as p99.9. */
  public static String name(double percentile) {
    return percentile == Math.rint(percentile)
        ? String.format(Locale.ROOT, "p%.0f", percentile)
        : "p" + percentile;
  }

  /** Writes the run; it can be put into a page of HTML as it is. */
  public static String write(RunRecord run) {
    JsonObject object = new JsonObject();
    object.addProperty("format", FORMAT);
    GSON.toJsonTree(run)
        .getAsJsonObject()
        .entrySet()
        .forEach(e -> object.add(e.getKey(), e.getValue()));
    return GSON.toJson(object);
  }

  /**
   * Reads what {@link #write} has written.
   *
   * @throws IllegalArgumentException if the file is not a run, with one line that says why
   */
  public static RunRecord read(Path file) {
    try {
      if (Files.size(file) > LONGEST_FILE_BYTES) {
        throw new IllegalArgumentException(
            "it has more than %d bytes".formatted(LONGEST_FILE_BYTES));
      }
      return parse(Files.readString(file));
    } catch (IOException _) {
      throw new IllegalArgumentException("the file %s cannot be read".formatted(file));
    } catch (RuntimeException e) {
      // Gson passes on what the constructor of a record throws, such as for a missing field.
      throw new IllegalArgumentException(
          "%s is not a run that 'load --out FILE.json' has written: %s".formatted(file, why(e)), e);
    }
  }

  private static RunRecord parse(String json) {
    if (!(parseAny(json) instanceof JsonObject object)) {
      throw new IllegalArgumentException("it is not a JSON object");
    }
    if (!object.has("format")) {
      throw new IllegalArgumentException("it has no 'format'");
    }
    if (!object.get("format").equals(new JsonPrimitive(FORMAT))) {
      throw new IllegalArgumentException(
          "its format is %s but must be %d".formatted(object.get("format"), FORMAT));
    }
    return GSON.fromJson(object, RunRecord.class);
  }

  private static JsonElement parseAny(String json) {
    try {
      return JsonParser.parseString(json);
    } catch (JsonParseException _) {
      // The message of Gson is about its own settings.
      return JsonNull.INSTANCE;
    }
  }

  private static String why(RuntimeException e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    return cause instanceof NullPointerException ? "it has no '%s'".formatted(message) : message;
  }

  private static JsonObject object(Histogram histogram) {
    JsonObject object = new JsonObject();
    object.addProperty("count", histogram.getTotalCount());
    if (histogram.getTotalCount() > 0) {
      object.addProperty("mean_ms", Math.round(histogram.getMean() / 1e3) / 1e3);
      object.addProperty("min_ms", HistogramText.millis(histogram, 0));
      for (double each : PERCENTILES) {
        object.addProperty(name(each) + "_ms", HistogramText.millis(histogram, each));
      }
      object.addProperty("max_ms", HistogramText.millis(histogram, 100));
    }
    object.addProperty("hdr", HistogramText.encode(histogram));
    return object;
  }
}

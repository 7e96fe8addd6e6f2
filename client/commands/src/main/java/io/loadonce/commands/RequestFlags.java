package io.loadonce.commands;

import io.loadonce.client.ClientSettings;
import io.loadonce.commands.load.IdDistribution;
import io.loadonce.commands.load.IdPool;
import io.loadonce.commands.load.IdSample;
import io.loadonce.commands.load.RequestMix;
import io.loadonce.commands.load.call.MethodCall;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say what the calls of a load test request. */
final class RequestFlags {

  private static final String SAMPLE = "sample";
  private static final String DEFAULT_ID = "2988507";
  private static final Pattern WEIGHTED = Pattern.compile("([^=]*)=(\\d{1,9})");
  private static final Pattern PERCENT = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,9})?)%");

  @Option(
      names = "--ids",
      paramLabel = "A..B|A,B,C|sample",
      description =
          "Ids to request, as a range or a list, the hottest first; or sample, for those that the"
              + " callers of the server have requested most and then 100 random ones that it has"
              + " cached, by its admin port. NAME=A..B is for one lookup only; set the flag once"
              + " for each. Default: 2988507 (Paris).")
  private List<String> ids = List.of();

  @Option(
      names = "--ids-file",
      paramLabel = "FILE",
      description =
          "File of ids in place of --ids: one on each line, or the first column of a .csv with a"
              + " header.")
  private @Nullable Path idsFile;

  @Option(
      names = "--lookup",
      paramLabel = "NAME[=WEIGHT]",
      description =
          "Lookup to read from; its key has one column. Set the flag once for each of several: with"
              + " product=3 and price=1, three of four calls are for product. Default: the lookup"
              + " called default, or the only one of the server.")
  private List<String> lookups = List.of();

  @Option(
      names = "--pick",
      paramLabel = "HOW",
      description =
          "How often each id is requested: one (the first id only), sequential (each in turn),"
              + " uniform (all equally), zipf or zipf:EXPONENT (the first ids most, like real"
              + " traffic; the exponent is more than 0 and at most 10, and 1 if none is set), or"
              + " hot:SHARE/IDS (hot:0.9/10 requests the first 10 ids in 90 %% of all cases)."
              + " Default: ${DEFAULT-VALUE}.")
  private String pick = "uniform";

  @Option(
      names = "--missing",
      paramLabel = "PERCENT",
      description =
          "Share of the ids that are invented, such as 1%%, so that the database has no row for"
              + " them; \"not found\" then counts as a success. Default: 0%%.")
  private String missing = "0%";

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Number of ids per call, 1 to 1000. Default: ${DEFAULT-VALUE}.")
  private int batch = 1;

  @Option(
      names = "--min-version",
      paramLabel = "N",
      description =
          "Lowest version of a row that the calls accept; the lookup needs a version column."
              + " Default: any.")
  private @Nullable Long minVersion;

  @Option(
      names = "--max-age",
      paramLabel = "TIME",
      description =
          "Oldest entry of the cache that the calls accept, 0s to 8760h. Default: as old as the"
              + " server allows.")
  private @Nullable Duration maxAge;

  /**
   * What the flags make up. Blocks to read files, and the admin port if the ids are a sample.
   *
   * @throws IllegalArgumentException with one line, if a value is wrong
   * @throws java.io.UncheckedIOException with one line, if a file or the admin port cannot be read
   */
  RequestMix mix(List<URI> admins, ClientSettings settings, @Nullable MethodCall call) {
    IdDistribution distribution = IdDistribution.parse(pick);
    if (call != null && call.message().usesId() && ids.isEmpty() && idsFile == null) {
      throw new IllegalArgumentException("--data has {{id}}; set --ids or --ids-file");
    }
    Map<String, Integer> weights = weights();
    Map<String, String> texts = texts(weights);
    return new RequestMix(
        weights.entrySet().stream()
            .map(
                lookup ->
                    new RequestMix.Share(
                        lookup.getKey(),
                        lookup.getValue(),
                        pool(texts, lookup.getKey(), admins, settings)))
            .toList(),
        distribution,
        share(),
        batch,
        minVersion,
        maxAge,
        call);
  }

  private List<String> pool(
      Map<String, String> texts, String lookup, List<URI> admins, ClientSettings settings) {
    boolean isNamed = !lookup.isEmpty() && texts.containsKey(lookup);
    if (!isNamed && idsFile != null) {
      return IdPool.read(idsFile);
    }
    String text = texts.get(isNamed ? lookup : "");
    if (text == null) {
      throw new IllegalArgumentException(
          "there are no ids for lookup %s; set --ids %s=…".formatted(lookup, lookup));
    }
    if (!text.equals(SAMPLE)) {
      return IdPool.parse(text);
    }
    if (admins.isEmpty()) {
      throw new IllegalArgumentException(
          "--ids sample needs --admin, the admin port of the server");
    }
    return IdSample.read(admins.getFirst(), settings, lookup);
  }

  /** The ids for each lookup as they were written; those for all lookups have an empty name. */
  private Map<String, String> texts(Map<String, Integer> weights) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (String each : ids.isEmpty() ? List.of(DEFAULT_ID) : ids) {
      int equals = each.indexOf('=');
      boolean isNamed = equals > 0 && !lookups.isEmpty();
      if (isNamed && !weights.containsKey(each.substring(0, equals))) {
        throw new IllegalArgumentException(
            "there is no lookup %s to request; --lookup names %s"
                .formatted(each.substring(0, equals), String.join(", ", weights.keySet())));
      }
      String lookup = isNamed ? each.substring(0, equals) : "";
      if (texts.put(lookup, isNamed ? each.substring(equals + 1) : each) != null) {
        throw new IllegalArgumentException(
            "--ids is set twice for %s; write a list such as 1,2,3 for several ids"
                .formatted(isNamed ? "lookup " + lookup : "all lookups"));
      }
    }
    return texts;
  }

  private Map<String, Integer> weights() {
    if (lookups.isEmpty()) {
      return Map.of("", 1);
    }
    Map<String, Integer> weights = new LinkedHashMap<>();
    for (String each : lookups) {
      Matcher weighted = WEIGHTED.matcher(each);
      boolean isWeighted = weighted.matches();
      if (!isWeighted && each.contains("=")) {
        throw new IllegalArgumentException(
            "lookup is '%s' but must be NAME or NAME=WEIGHT, such as product=3".formatted(each));
      }
      String name = isWeighted ? weighted.group(1) : each;
      if (weights.put(name, isWeighted ? Integer.parseInt(weighted.group(2)) : 1) != null) {
        throw new IllegalArgumentException("--lookup is set twice for %s".formatted(name));
      }
    }
    return weights;
  }

  private double share() {
    Matcher percent = PERCENT.matcher(missing);
    double share = percent.matches() ? Double.parseDouble(percent.group(1)) / 100 : 2;
    if (share > 1) {
      throw new IllegalArgumentException(
          "missing is '%s' but must be from 0%% to 100%%, such as 1%%".formatted(missing));
    }
    return share;
  }
}

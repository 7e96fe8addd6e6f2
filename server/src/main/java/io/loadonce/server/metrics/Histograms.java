package io.loadonce.server.metrics;

import io.loadonce.server.load.Histogram;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A metric of Prometheus made of histograms of ours, one for each combination of labels; read
 * during a scrape.
 */
final class Histograms implements Collector {

  private static final double NANOS_PER_SECOND = 1e9;

  /** Every second of our classes is enough for Prometheus. */
  private static final int CLASSES_PER_BUCKET = 2;

  private final String name;
  private final String description;
  private final boolean areTimes;
  private final Map<Labels, Histogram> histograms = new LinkedHashMap<>();

  private Histograms(String name, String description, boolean areTimes) {
    this.name = name;
    this.description = description;
    this.areTimes = areTimes;
  }

  /** A metric in seconds, whose histograms are in nanoseconds. */
  static Histograms ofTimes(String name, String description) {
    return new Histograms(name, description, /* areTimes= */ true);
  }

  /** A metric without a unit. */
  static Histograms ofCounts(String name, String description) {
    return new Histograms(name, description, /* areTimes= */ false);
  }

  Histograms with(Labels labels, Histogram histogram) {
    histograms.put(labels, histogram);
    return this;
  }

  void register(PrometheusRegistry registry) {
    registry.register(this);
  }

  @Override
  public MetricSnapshot collect() {
    HistogramSnapshot.Builder all = HistogramSnapshot.builder().name(name).help(description);
    if (areTimes) {
      all.unit(Unit.SECONDS);
    }
    histograms.forEach((labels, each) -> all.dataPoint(point(labels, each)));
    return all.build();
  }

  private HistogramDataPointSnapshot point(Labels labels, Histogram histogram) {
    double scale = areTimes ? NANOS_PER_SECOND : 1;
    Exemplars exemplars = exemplars(histogram, scale); // first, so that their values are counted
    Histogram.Snapshot snapshot = histogram.snapshot();
    int step = areTimes ? CLASSES_PER_BUCKET : 1;
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    long inBucket = 0;
    for (int place = 0; place < snapshot.classes(); place++) {
      inBucket += snapshot.count(place);
      boolean isLast = place == snapshot.classes() - 1;
      if (isLast || place % step == 0) {
        buckets.bucket(isLast ? Double.POSITIVE_INFINITY : snapshot.bound(place) / scale, inBucket);
        inBucket = 0;
      }
    }
    return HistogramDataPointSnapshot.builder()
        .labels(labels)
        .classicHistogramBuckets(buckets.build())
        .sum(snapshot.sum() / scale)
        .exemplars(exemplars)
        .build();
  }

  /** The format shows the latest one of each bucket. */
  private static Exemplars exemplars(Histogram histogram, double scale) {
    return Exemplars.of(
        histogram.exemplars().stream()
            .map(
                each ->
                    Exemplar.builder()
                        .value(each.value() / scale)
                        .traceId(each.traceId())
                        .spanId(each.spanId())
                        .timestampMillis(each.epochMillis())
                        .build())
            .toList());
  }
}

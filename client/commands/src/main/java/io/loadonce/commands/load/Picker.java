package io.loadonce.commands.load;

import com.google.protobuf.Duration;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.util.Durations;
import io.loadonce.commands.load.RequestMix.Share;
import io.loadonce.commands.load.call.MessageTemplate;
import io.loadonce.v1.BatchGetRequest;
import io.loadonce.v1.GetRequest;
import io.loadonce.v1.InvalidateRequest;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes the requests of one caller. Not safe for use by two threads at once. */
final class Picker {

  private static final Pattern NUMBER = Pattern.compile("-?\\d+");
  private static final Pattern UUID_TEXT =
      Pattern.compile("\\p{XDigit}{8}-(\\p{XDigit}{4}-){3}\\p{XDigit}{12}");

  /**
   * A request.
   *
   * @param isInvented whether it names one id, and that is invented
   */
  record Planned<Q>(Q request, boolean isInvented) {}

  private record Id(String text, boolean isInvented) {}

  private static final Id NO_ID = new Id("", /* isInvented= */ false);

  private final RequestMix mix;
  private final List<Picks.Pool> pools;
  private final List<IntSupplier> positions;
  private final LongAdder inventedIds;
  private final AtomicLong sequence;
  private final SplittableRandom random;
  private final int weights;
  private final @Nullable Duration maxAge;

  Picker(
      RequestMix mix,
      List<Picks.Pool> pools,
      LongAdder inventedIds,
      AtomicLong sequence,
      SplittableRandom random) {
    this.mix = mix;
    this.pools = pools;
    this.positions = pools.stream().map(pool -> pool.positions().apply(random)).toList();
    this.inventedIds = inventedIds;
    this.sequence = sequence;
    this.random = random;
    this.weights = pools.stream().mapToInt(pool -> pool.share().weight()).sum();
    this.maxAge = mix.maxAge() == null ? null : Durations.fromMillis(mix.maxAge().toMillis());
  }

  Planned<GetRequest> get() {
    int pool = pool();
    Id id = id(pool);
    GetRequest.Builder request = GetRequest.newBuilder().setLookup(lookup(pool)).setId(id.text());
    if (mix.minVersion() != null) {
      request.setMinVersion(mix.minVersion());
    }
    if (maxAge != null) {
      request.setMaxAge(maxAge);
    }
    return new Planned<>(request.build(), id.isInvented());
  }

  Planned<BatchGetRequest> batch() {
    int pool = pool();
    BatchGetRequest.Builder request = BatchGetRequest.newBuilder().setLookup(lookup(pool));
    for (int i = 0; i < mix.batch(); i++) {
      request.addIds(id(pool).text());
    }
    if (mix.minVersion() != null) {
      request.setMinVersion(mix.minVersion());
    }
    if (maxAge != null) {
      request.setMaxAge(maxAge);
    }
    return new Planned<>(request.build(), /* isInvented= */ false);
  }

  /**
   * A message of any method.
   *
   * @throws IllegalArgumentException if a value does not fit its field
   */
  Planned<DynamicMessage> message(MessageTemplate template) {
    Id id = template.usesId() ? id(0) : NO_ID;
    return new Planned<>(
        template.of(
            id.text(), sequence.getAndIncrement(), (low, high) -> random.nextLong(low, high + 1)),
        id.isInvented());
  }

  /** An invalidation of an id that is not invented. */
  Planned<InvalidateRequest> invalidate(InvalidateRequest.Strength strength) {
    int pool = pool();
    Share share = pools.get(pool).share();
    String id = share.ids().get(positions.get(pool).getAsInt());
    return new Planned<>(
        InvalidateRequest.newBuilder()
            .setLookup(share.lookup())
            .addIds(id)
            .setStrength(strength)
            .build(),
        /* isInvented= */ false);
  }

  private String lookup(int pool) {
    return pools.get(pool).share().lookup();
  }

  private int pool() {
    if (pools.size() == 1) {
      return 0;
    }
    int left = random.nextInt(weights);
    int pool = 0;
    while (left >= pools.get(pool).share().weight()) {
      left -= pools.get(pool).share().weight();
      pool++;
    }
    return pool;
  }

  private Id id(int pool) {
    int position = positions.get(pool).getAsInt();
    String id = pools.get(pool).share().ids().get(position);
    if (mix.missing() > 0 && random.nextDouble() < mix.missing()) {
      inventedIds.increment();
      return new Id(invented(id, random), /* isInvented= */ true);
    }
    pools.get(pool).used().add(position);
    return new Id(id, pools.get(pool).share().isInvented());
  }

  /** An id of the same form, with so many random bits that it hardly exists. */
  static String invented(String like, SplittableRandom random) {
    if (NUMBER.matcher(like).matches()) {
      return Integer.toString(-random.nextInt(1, Integer.MAX_VALUE));
    }
    return UUID_TEXT.matcher(like).matches()
        ? new UUID(random.nextLong(), random.nextLong()).toString()
        : "missing-%016x".formatted(random.nextLong());
  }
}

package io.loadonce.server.settings;

import io.loadonce.db.InvalidSettingException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings that are in force, some of which change when the file of settings is read again.
 * Flags and environment variables are those of the start, and still win over the file. A file with
 * a mistake changes nothing; neither does a new value that needs a restart. Both are one line in
 * the log.
 *
 * <p>{@link #request}, {@link #reloaded} and {@link #inForce} may be called by any thread, the
 * other methods by one thread at a time.
 */
public final class RunningSettings {

  /**
   * A setting that can change while the service runs.
   *
   * @param origin of the value, such as {@code loadonce.yaml:3:1}
   * @param since when this value came into force, in UTC
   */
  public record InForce(String value, String origin, String since) {}

  /**
   * The result of reading the file again.
   *
   * @param isRight whether the file has no mistake
   * @param lines as in the log
   */
  public record Reloaded(boolean isRight, List<String> lines) {
    public Reloaded {
      lines = List.copyOf(lines);
    }
  }

  private static final Logger log = LoggerFactory.getLogger(RunningSettings.class);

  private final @Nullable String file;
  private final Supplier<SettingTexts> source;
  private final long maxHeapBytes;
  private final InstantSource clock;

  /** Null while no request waits. */
  private final AtomicReference<@Nullable CompletableFuture<Reloaded>> requested =
      new AtomicReference<>();

  private SettingTexts texts;
  private Settings settings;

  /** By key. At the start and after each change, those in force. */
  private Map<String, FlatSettings.Value> values;

  private Consumer<Settings> use = _ -> {};
  private Consumer<Settings> useOnceLogged = _ -> {};

  private volatile Map<String, InForce> inForce;

  private RunningSettings(
      @Nullable String file,
      Supplier<SettingTexts> source,
      long maxHeapBytes,
      InstantSource clock) {
    this.file = file;
    this.source = source;
    this.maxHeapBytes = maxHeapBytes;
    this.clock = clock;
    this.texts = source.get();
    this.settings = Settings.of(texts, maxHeapBytes);
    this.values = FlatSettings.of(texts, settings);
    this.inForce = Map.of();
    this.inForce = inForce(values);
  }

  /**
   * Reads the settings as {@link SettingTexts#choose} does.
   *
   * @param maxHeapBytes the heap, of which the memory budgets are a share unless they are set
   * @throws InvalidSettingException if a setting is wrong; names its key
   * @throws InvalidConfigException if keys or lookups of a YAML file are wrong
   */
  public static RunningSettings load(
      Map<String, String> flags, Map<String, String> environment, long maxHeapBytes) {
    return new RunningSettings(
        SettingTexts.file(flags, environment),
        () -> SettingTexts.choose(flags, environment),
        maxHeapBytes,
        InstantSource.system());
  }

  /** The texts at the start. */
  public SettingTexts texts() {
    return texts;
  }

  /** The settings in force. */
  public Settings settings() {
    return settings;
  }

  /** Whether there is a file that can be read again. */
  public boolean hasFile() {
    return file != null;
  }

  /**
   * Sets what is called with the settings after each change of them.
   *
   * @param consumer if it throws, the change is not logged, and the next reload tries again
   * @param onceLogged called when the change has been logged; for the level of the log, which may
   *     hide that line. If it throws, the settings are in force nevertheless, and the next reload
   *     does not call it again
   */
  public void onChange(Consumer<Settings> consumer, Consumer<Settings> onceLogged) {
    use = consumer;
    useOnceLogged = onceLogged;
  }

  /** Requests that the file is read again; returns at once. */
  public void request() {
    var _ = reloaded();
  }

  /** Requests the same; returns the result as soon as the file was read. */
  public CompletableFuture<Reloaded> reloaded() {
    return Objects.requireNonNull(
        requested.updateAndGet(waiting -> waiting == null ? new CompletableFuture<>() : waiting));
  }

  /**
   * Reads the file again if that was requested. To be called once a second. What a consumer of the
   * settings throws ends the request, too.
   */
  public void reloadIfRequested() {
    CompletableFuture<Reloaded> waiting = requested.getAndSet(null);
    if (waiting == null) {
      return;
    }
    try {
      waiting.complete(reload());
    } catch (RuntimeException | Error e) {
      waiting.completeExceptionally(e);
      throw e;
    }
  }

  /** The settings that can change, by key; those of a lookup begin with {@code lookups.}. */
  public Map<String, InForce> inForce() {
    return inForce;
  }

  private Reloaded reload() {
    Settings read;
    Map<String, FlatSettings.Value> found;
    try {
      SettingTexts again = source.get();
      read = Settings.of(again, maxHeapBytes);
      found = FlatSettings.of(again, read);
    } catch (InvalidSettingException e) {
      return refused(String.valueOf(e.getMessage()));
    } catch (InvalidConfigException e) {
      int more = e.problems().size() - 1;
      return refused(
          e.problems().getFirst()
              + (more == 0 ? "" : "; and %d more, which check-config lists".formatted(more)));
    }
    return use(read, found);
  }

  private static Reloaded refused(String problem) {
    String line = problem + "; the settings stay as they are";
    log.warn(line);
    return new Reloaded(/* isRight= */ false, List.of(line));
  }

  private Reloaded use(Settings read, Map<String, FlatSettings.Value> found) {
    List<String> changed = new ArrayList<>();
    TreeSet<String> ignored = new TreeSet<>();
    Map<String, FlatSettings.Value> next = new LinkedHashMap<>(values);
    TreeSet<String> keys = new TreeSet<>(values.keySet());
    keys.addAll(found.keySet());
    for (String key : keys) {
      FlatSettings.Value before = values.get(key);
      FlatSettings.Value now = found.get(key);
      if (before != null && now != null && before.text().equals(now.text())) {
        next.put(key, now); // its place in the file may be another
        continue;
      }
      FlatSettings.Value one = Objects.requireNonNull(before == null ? now : before);
      String named =
          FlatSettings.needsRestart(key, one, settings.lookupNames(), read.lookupNames());
      if (named != null) {
        ignored.add(named);
        continue;
      }
      changed.add(FlatSettings.change(key, before, now));
      if (now == null) {
        next.remove(key);
      } else {
        next.put(key, now);
      }
    }
    if (!changed.isEmpty()) {
      Settings now = settings.withChangesOf(read);
      use.accept(now);
      settings = now;
    }
    values = next;
    inForce = inForce(next);
    List<String> lines = report(changed, ignored);
    if (!changed.isEmpty()) {
      useOnceLogged.accept(settings);
    }
    return new Reloaded(/* isRight= */ true, lines);
  }

  private List<String> report(List<String> changed, Collection<String> ignored) {
    String found = changed.isEmpty() ? "no setting has changed" : String.join("; ", changed);
    String line = "%s was read again: %s".formatted(file, found);
    log.info(line);
    if (ignored.isEmpty()) {
      return List.of(line);
    }
    String restart =
        "%s has new values that need a restart, and the old ones stay in force: %s"
            .formatted(file, String.join(", ", ignored));
    log.warn(restart);
    return List.of(line, restart);
  }

  /** Keeps the time since which a value is in force, unless it is a new one. */
  private Map<String, InForce> inForce(Map<String, FlatSettings.Value> next) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Map<String, InForce> all = new LinkedHashMap<>();
    next.forEach(
        (key, value) -> {
          if (value.changesWhileRunning()) {
            InForce before = inForce.get(key);
            String since =
                before != null && before.value().equals(value.text())
                    ? before.since()
                    : now.toString();
            all.put(key, new InForce(value.text(), value.origin(), since));
          }
        });
    return Collections.unmodifiableMap(all);
  }
}

package io.loadonce.server.dashboard;

import io.loadonce.db.jdbc.PoolState;
import io.loadonce.server.access.AccessSettings;
import io.loadonce.server.changes.ChangeListener;
import io.loadonce.server.lookup.Lookups;
import io.loadonce.server.ports.Address;
import io.loadonce.server.ports.Health;
import io.loadonce.server.request.CallCounts;
import io.loadonce.server.settings.RunningSettings;
import io.loadonce.server.tier.RedisTier;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The parts of the service that the page shows.
 *
 * @param tier empty without {@code --redis-url}
 * @param listener empty without {@code --listen}
 * @param settings the settings that can change, which are in force now
 * @param hasSettingsFile whether there is a file that SIGHUP reads again
 * @param grpc the address for callers, once its port is known
 * @param access how the ports are protected
 * @param version of the service and of Java
 */
public record Watched(
    Lookups lookups,
    Optional<RedisTier> tier,
    CallCounts calls,
    Supplier<PoolState> pool,
    Health health,
    Optional<ChangeListener> listener,
    Supplier<Map<String, RunningSettings.InForce>> settings,
    boolean hasSettingsFile,
    Supplier<Address> grpc,
    AccessSettings access,
    String version) {

  /** Whether ids are shown by their hash. */
  boolean hashesIds() {
    return access.hashIds();
  }
}

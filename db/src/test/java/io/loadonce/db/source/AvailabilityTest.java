package io.loadonce.db.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AvailabilityTest {
  private final SourceException.Unavailable failure =
      new SourceException.Unavailable("planted", /* cause= */ null);

  private final Availability availability = new Availability();

  @Test
  void ended_loadCouldNotReachTheDatabase_suspectsItAndRequestsAProbe() {
    availability.ended(failure);
    assertThat(availability.isUnreachable()).isTrue();
    assertThat(availability.outage()).isNull();
    assertThat(availability.isProbeRequested()).isTrue();
  }

  @Test
  void ended_queryRejected_databaseIsReachable() {
    availability.ended(failure);
    availability.ended(new SourceException.QueryFailed("planted", /* cause= */ null));
    assertThat(availability.isUnreachable()).isFalse();
  }

  @Test
  void notReached_noLoadSucceeded_isUnreachableWithTheFirstReason() {
    availability.probing();
    assertThat(availability.notReached(failure)).isTrue();
    availability.probing();
    SourceException.Unavailable later = new SourceException.Unavailable("later", /* cause= */ null);
    assertThat(availability.notReached(later)).isTrue();
    assertThat(availability.outage()).isSameAs(failure);
  }

  @Test
  void notReached_loadSucceededDuringTheProbe_staysReachable() {
    availability.probing();
    availability.ended(/* failure= */ null);
    assertThat(availability.notReached(failure)).isFalse();
    assertThat(availability.outage()).isNull();
  }

  @Test
  void reached_afterAnOutage_isReachable() {
    availability.probing();
    assertThat(availability.notReached(failure)).isTrue();
    availability.reached();
    assertThat(availability.outage()).isNull();
    assertThat(availability.isUnreachable()).isFalse();
  }

  @Test
  void awaitRequest_probeRequestedTwice_isOne() throws Exception {
    availability.requestProbe();
    availability.requestProbe();
    availability.awaitRequest();
    assertThat(availability.isProbeRequested()).isFalse();
  }
}

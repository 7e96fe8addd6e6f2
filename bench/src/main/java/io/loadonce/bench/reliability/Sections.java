package io.loadonce.bench.reliability;

import io.loadonce.bench.reliability.access.AccessSection;
import io.loadonce.bench.reliability.checks.ChecksSection;
import io.loadonce.bench.reliability.fleet.FleetSection;
import io.loadonce.bench.reliability.outages.OutagesSection;
import io.loadonce.bench.reliability.overload.OverloadSection;
import io.loadonce.bench.reliability.pressure.PressureSection;
import io.loadonce.bench.reliability.restarts.RestartsSection;
import java.util.List;

/** All sections, in the order of the page. */
final class Sections {

  static final List<Section> ALL =
      List.of(
          new OverloadSection(),
          new OutagesSection(),
          new RestartsSection(),
          new PressureSection(),
          new AccessSection(),
          new ChecksSection(),
          new FleetSection());

  private Sections() {}
}

package io.loadonce.bench.reliability;

import io.loadonce.bench.reliability.access.Access;
import io.loadonce.bench.reliability.outages.Outages;
import io.loadonce.bench.reliability.overload.OverloadSection;
import io.loadonce.bench.reliability.pressure.Pressure;
import java.util.List;

/** All sections, in the order of the page. */
final class Sections {

  static final List<Section> ALL =
      List.of(new OverloadSection(), new Outages(), new Pressure(), new Access());

  private Sections() {}
}

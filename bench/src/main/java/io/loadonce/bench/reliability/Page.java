package io.loadonce.bench.reliability;

/** A page of figures in the documents, which holds the figures of one or more sections. */
public enum Page {
  RELIABILITY("docs/reliability.md", "Reliability"),
  FLEET("docs/fleet-figures.md", "Figures of several instances");

  private final String path;
  private final String heading;

  Page(String path, String heading) {
    this.path = path;
    this.heading = heading;
  }

  /** Where it is, from the root of the project. */
  String path() {
    return path;
  }

  String heading() {
    return heading;
  }
}

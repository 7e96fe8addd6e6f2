package io.loadonce.commands.load.report;

/** A piece of HTML under construction; texts are escaped. For one thread. */
final class Html {

  private final StringBuilder html = new StringBuilder();

  /** Appends markup as it is; only for constants of this program. */
  Html raw(String markup) {
    html.append(markup);
    return this;
  }

  /** Appends a text of any origin. */
  Html text(String text) {
    html.append(escaped(text));
    return this;
  }

  /** Appends an element without attributes that contains a text. */
  Html element(String name, String text) {
    return raw("<" + name + ">").text(text).raw("</" + name + ">");
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  @Override
  public String toString() {
    return html.toString();
  }
}

package io.loadonce.server.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The script of the live page in a real browser, with a service that is written in JavaScript. */
@Tag("slow")
@Timeout(120)
class PageScriptTest {

  /** Each answer has another state and another setting, and the same counts. */
  private static final String PAGE =
      """
      <!doctype html>
      <body>
      <span id="live"></span>
      <section id="states"></section><section id="charts"></section>
      <section id="counts"></section><div id="settings"></div>
      <form id="explain"></form>
      <pre class="command"><span class="origin"></span></pre>
      <script>
        class uPlot {
          static sync() { return { key: 'time' }; }
          setData() {}
        }
        let answers = 0;
        window.fetch = async () => {
          answers++;
          return { ok: true, json: async () => ({
            next: answers, states: `<p>state ${answers}</p>`, counts: '<p>the same</p>',
            settings: `<p>setting ${answers}</p>` }) };
        };
      </script>
      <script>{script}</script>
      <script>{reader}</script>
      """;

  @TempDir private Path directory;

  @Test
  void answers_nothingIsSelected_replaceWhatHasChangedOnly() throws Exception {
    String dom =
        domAfter("setTimeout(() => { document.querySelector('#counts p').id = 'kept'; }, 500);");
    assertThat(dom)
        .doesNotContain("<p>state 1</p>", "<p>setting 1</p>")
        .containsPattern("<p>state [2-9]</p>")
        .contains("<p id=\"kept\">the same</p>");
  }

  @Test
  void answers_readerHasSelectedAPart_leaveItAndReplaceTheOthers() throws Exception {
    String dom =
        domAfter(
            "setTimeout(() => getSelection().selectAllChildren("
                + "document.querySelector('#states p')), 500);");
    assertThat(dom).contains("<p>state 1</p>").containsPattern("<p>setting [2-9]</p>");
  }

  /**
   * @param reader a script that does what a reader of the page does
   */
  private String domAfter(String reader) throws Exception {
    try (InputStream file = Dashboard.class.getResourceAsStream("page.js")) {
      String script =
          new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
      Path page = directory.resolve("page.html");
      Files.writeString(page, PAGE.replace("{script}", script).replace("{reader}", reader));
      Chromium.Seen seen = Chromium.find(directory).open(page.toUri().toString());
      assertThat(seen.console()).isEmpty();
      return seen.dom();
    }
  }
}

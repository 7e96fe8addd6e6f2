package io.loadonce.server.changes;

import static io.loadonce.server.changes.ListeningService.until;
import static io.loadonce.server.changes.ListeningService.watched;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.loadonce.db.feed.PostgresTriggers;
import io.loadonce.db.feed.WatchedLookup;
import io.loadonce.db.lookup.KeyColumns;
import io.loadonce.db.lookup.KeyType;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

/** Watched columns that hold a key in another spelling than the query, in a real PostgreSQL. */
@Tag("slow")
class WatchedSpellingsTest {

  @RegisterExtension static final ListeningDatabase database = new ListeningDatabase();

  @Test
  void get_columnsAreJoinedByAnExpression_isFreshSinceEverythingIsInvalidated()
      throws SQLException {
    createLogins();
    WatchedLookup lowered = email("lower(l.mail) = c.email");
    database.sql("UPDATE login SET mail = upper(mail)");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger logger = (Logger) LoggerFactory.getLogger("io.loadonce.db.feed.FeedConnection");
    logger.addAppender(log);
    try (var service = database.listen(lowered)) {
      assertThat(service.version("email", "a@x")).isEqualTo(1);
      service.sql("UPDATE login SET version = 2 WHERE mail = 'A@X'");
      until(() -> service.version("email", "a@x") == 2);
      assertThat(service.listener.notifications(ChangeKind.ROW)).isZero();
    } finally {
      logger.detachAppender(log);
    }
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "the lookup email: each change of a row of login invalidates all entries, since the"
                + " query does not join the column mail with its key column email by an equals"
                + " sign between the two");
  }

  @Test
  void get_columnsAreJoinedAsTheyAre_onlyTheChangedRowIsInvalidated() throws SQLException {
    createLogins();
    try (var service = database.listen(email("l.mail = c.email"))) {
      assertThat(service.version("email", "a@x")).isEqualTo(1);
      assertThat(service.version("email", "b@x")).isEqualTo(1);
      service.sql("UPDATE login SET version = 2 WHERE mail = 'a@x'");
      until(() -> service.version("email", "a@x") == 2);
      assertThat(service.isCached("email", "b@x")).isTrue();
      assertThat(service.listener.notifications(ChangeKind.ALL)).isZero();
    }
  }

  @Test
  void get_columnIsAUuidAndTheKeyAText_isFreshSinceEverythingIsInvalidated() throws SQLException {
    String id = "0B0F7A4E-93A5-4F0B-8D8C-0A1B2C3D4E5F";
    database.sql("CREATE TABLE item (code text PRIMARY KEY)");
    database.sql("CREATE TABLE part (code uuid PRIMARY KEY, version bigint)");
    database.sql(
        "INSERT INTO item VALUES ('%1$s'); INSERT INTO part VALUES ('%1$s', 1)".formatted(id));
    WatchedLookup parts =
        watched(
            "parts",
            KeyColumns.of("code", KeyType.TEXT),
            "SELECT i.code, p.version FROM item i JOIN part p ON p.code = i.code::uuid"
                + " WHERE i.code IN (:ids)",
            "item(code)",
            "part(code)");
    database.sql(PostgresTriggers.script(List.of(parts)));
    try (var service = database.listen(parts)) {
      assertThat(service.version("parts", id)).isEqualTo(1);
      service.sql("UPDATE part SET version = 2");
      until(() -> service.version("parts", id) == 2);
    }
  }

  private static void createLogins() throws SQLException {
    database.sql("CREATE TABLE customer (email text PRIMARY KEY)");
    database.sql("CREATE TABLE login (mail text PRIMARY KEY, version bigint)");
    database.sql("INSERT INTO customer VALUES ('a@x'), ('b@x')");
    database.sql("INSERT INTO login VALUES ('a@x', 1), ('b@x', 1)");
  }

  private static WatchedLookup email(String join) throws SQLException {
    WatchedLookup email =
        watched(
            "email",
            KeyColumns.of("email", KeyType.TEXT),
            "SELECT c.email, l.version FROM customer c JOIN login l ON "
                + join
                + " WHERE c.email IN (:ids)",
            "customer(email)",
            "login(mail)");
    database.sql(PostgresTriggers.script(List.of(email)));
    return email;
  }
}

package io.loadonce.server.tier;

import static org.assertj.core.api.Assertions.assertThat;

import io.loadonce.db.lookup.Key;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class OwedTest {
  private static final Message ALL = new Message.AllInvalidated("instance", 0, "lookup", "print");

  private final Key id = Key.of(7);
  private final Owed owed = new Owed();

  @Test
  void add_id_isOwedUntilItIsPaid() {
    Owed.Payment payment = owed.add(List.of(id), null);
    assertThat(owed.contains(id)).isTrue();
    owed.paid(payment);
    assertThat(owed.isEmpty()).isTrue();
  }

  @Test
  void paid_invalidatedAgainMeanwhile_isStillOwed() {
    Owed.Payment first = owed.add(List.of(id), null);
    owed.add(List.of(id), null);
    owed.paid(first);
    assertThat(owed.contains(id)).isTrue();
  }

  @Test
  void takeUnpaid_idsWithoutAMessage_areOnePayment() {
    LongStream.range(0, 10)
        .forEach(each -> owed.unpaid(owed.add(List.of(Key.of(each)), null), ALL));
    List<Owed.Payment> debts = owed.takeUnpaid();
    assertThat(debts).hasSize(1);
    owed.paid(debts.getFirst());
    assertThat(owed.isEmpty()).isTrue();
  }

  @Test
  void takeUnpaid_manyIds_areTakenInParts() {
    LongStream.range(0, 3 * Owed.MAX_PER_PAYMENT)
        .forEach(each -> owed.unpaid(owed.add(List.of(Key.of(each)), ALL), ALL));
    assertThat(owed.takeUnpaid()).hasSize(Owed.MAX_PER_PAYMENT);
    assertThat(owed.takeUnpaid()).hasSize(Owed.MAX_PER_PAYMENT);
  }

  @Test
  void unpaid_tooManyIds_everythingIsOwed() {
    List<Key> many = LongStream.rangeClosed(0, Owed.MAX_IDS).mapToObj(Key::of).toList();
    owed.unpaid(owed.add(many, null), ALL);
    assertThat(owed.containsEverything()).isTrue();
    assertThat(owed.size()).isOne();
    List<Owed.Payment> debts = owed.takeUnpaid();
    assertThat(debts).hasSize(1);
    assertThat(debts.getFirst().message()).isEqualTo(ALL);
    owed.paid(debts.getFirst());
    assertThat(owed.isEmpty()).isTrue();
  }
}

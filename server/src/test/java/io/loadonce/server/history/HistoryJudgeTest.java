package io.loadonce.server.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The judge on small histories: version 7 of id 0 is acknowledged at 100, version 6 at 200. */
class HistoryJudgeTest {
  private final ReadLog client = new ReadLog();

  @Test
  void judge_startedAfterTheAcknowledgement_mustBeFresh() {
    client.row(0, 101, 110, ReadLog.ANY, 6);
    assertThat(verdict().stale()).isEqualTo(1);
    assertThat(verdict().first()).contains("G2", "id 0", "version 6", "at least 7");
  }

  @Test
  void judge_startedBeforeTheAcknowledgement_mayBeOld() {
    client.row(0, 99, 500, ReadLog.ANY, 6);
    client.row(0, 100, 500, ReadLog.ANY, 6);
    assertThat(verdict().isClean()).isTrue();
  }

  @Test
  void judge_olderVersionAcknowledgedLater_newerOneIsStillRequired() {
    client.row(0, 300, 310, ReadLog.ANY, 6);
    assertThat(verdict().stale()).isEqualTo(1);
  }

  @Test
  void judge_writeOfAnotherId_requiresNothing() {
    client.row(1, 300, 310, ReadLog.ANY, 1);
    assertThat(verdict().isClean()).isTrue();
  }

  @Test
  void judge_versionBelowMinVersion_isBelow() {
    client.row(1, 1, 2, /* minVersion= */ 5, 4);
    client.row(1, 3, 4, /* minVersion= */ 5, 5);
    assertThat(verdict().below()).isEqualTo(1);
    assertThat(verdict().first()).contains("G3");
  }

  @Test
  void judge_versionBelowTheOneReadBefore_isBackward() {
    client.row(1, 1, 2, ReadLog.ANY, 5);
    client.row(0, 3, 4, ReadLog.ANY, 4);
    client.row(1, 5, 6, ReadLog.ANY, 4);
    assertThat(verdict().backward()).isEqualTo(1);
    assertThat(verdict().first()).contains("G4", "id 1");
  }

  @Test
  void judge_anotherClientReadANewerVersion_isNotBackward() {
    ReadLog other = new ReadLog();
    other.row(1, 1, 2, ReadLog.ANY, 5);
    client.row(1, 5, 6, ReadLog.ANY, 4);
    assertThat(HistoryJudge.judge(List.of(other, client), List.of(), 2).isClean()).isTrue();
  }

  @Test
  void judge_failedReads_areCountedAndNotJudged() {
    client.failed("planted");
    client.tooOld();
    client.row(1, 1, 2, ReadLog.ANY, 5);
    Verdict verdict = verdict();
    assertThat(verdict.judged()).isEqualTo(1);
    assertThat(verdict.failed()).isEqualTo(1);
    assertThat(verdict.refused()).isEqualTo(1);
    assertThat(verdict.firstFailure()).isEqualTo("planted");
    assertThat(verdict.bound()).isEqualTo(3.0);
  }

  private Verdict verdict() {
    WriteLog promised = new WriteLog();
    promised.acknowledged(0, 6, 200);
    promised.acknowledged(0, 7, 100);
    return HistoryJudge.judge(List.of(client), List.of(promised), 2);
  }
}

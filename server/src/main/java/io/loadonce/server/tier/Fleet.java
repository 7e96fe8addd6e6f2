package io.loadonce.server.tier;

import io.loadonce.server.changes.ChangeListener;
import java.time.Duration;

/**
 * What all lookups of this instance have in common within the fleet. Immutable.
 *
 * @param instance the name of this process, which no other has
 * @param prefix with which all keys begin
 * @param lease how long an instance may take to load an id
 * @param maxValueBytes the largest row that is put into Redis
 * @param heartbeat the time between two heartbeats of an instance
 * @param listensToDatabase whether each instance hears of changes from the database itself
 */
record Fleet(
    String instance,
    String prefix,
    Duration lease,
    int maxValueBytes,
    Duration heartbeat,
    boolean listensToDatabase) {

  private static final int ALIVE_HEARTBEATS = 3;

  /** After how long without a heartbeat an instance has missed changes. */
  Duration silence() {
    return heartbeat.multipliedBy(ChangeListener.MISSED_HEARTBEATS);
  }

  /** How long an instance counts as alive after a heartbeat. */
  Duration alive() {
    return heartbeat.multipliedBy(ALIVE_HEARTBEATS);
  }

  /** The key that shows that this instance is alive. */
  String aliveKey() {
    return alivePrefix() + instance;
  }

  /** The channel on which the instances talk. */
  String channel() {
    return prefix + ":channel";
  }

  /** The keys of the instances that are alive begin with this. */
  String alivePrefix() {
    return prefix + ":alive:";
  }
}

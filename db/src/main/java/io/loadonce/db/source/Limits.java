package io.loadonce.db.source;

/**
 * The limits of a source.
 *
 * @param connections how many queries can run at the same moment; at least 1
 * @param maxIds the most ids that one query takes; at least 1
 */
public record Limits(int connections, int maxIds) {}

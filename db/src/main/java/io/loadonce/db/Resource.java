package io.loadonce.db;

import com.google.protobuf.Struct;

/**
 * One row. Immutable.
 *
 * @param id the key that was asked for
 * @param version the value of the version column, 0 where none is configured
 * @param data the columns by name
 */
public record Resource(ResourceId id, long version, Struct data) {}

/**
 * What a careless or hostile caller sends, and what it gets: one class for each kind of bad input.
 * For each input the status is checked, and {@link JudgedService} checks that the service logged
 * one short line at most, that a neighbour on another connection was answered meanwhile, and that
 * the service is healthy afterwards.
 */
@NullMarked
package io.loadonce.server.badinputs;

import org.jspecify.annotations.NullMarked;

/**
 * The scoreboard: what the service does under overload, faults, restarts and attacks. Each section
 * has a package of its own.
 *
 * <pre>
 *   ScoreboardCommand --> Section.run --> Scores --> ScoreboardPage
 * </pre>
 */
@NullMarked
package io.loadonce.bench.reliability;

import org.jspecify.annotations.NullMarked;

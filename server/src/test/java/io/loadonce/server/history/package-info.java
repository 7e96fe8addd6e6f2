/**
 * The promises G2, G3 and G4, checked from outside: writers and readers use a real PostgreSQL, and
 * afterwards each read is compared with what was promised when it began.
 *
 * <pre>
 *   writers -- UPDATE, then invalidate --> WriteLog \
 *                                                    HistoryJudge --> Verdict
 *   readers -- HistorySubject.read ------> ReadLog  /
 * </pre>
 *
 * <p>A check that cannot fail proves nothing: the {@link Control}s are caches that break the
 * promises, and the same runs must find that.
 */
@NullMarked
package io.loadonce.server.history;

import org.jspecify.annotations.NullMarked;

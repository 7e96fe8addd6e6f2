/**
 * The promises G2, G3 and G4, judged from the outside: a real PostgreSQL, writers and readers at
 * work, and afterwards every single read against what had been promised when it began.
 *
 * <pre>
 *   writers -- UPDATE, then invalidate --> WriteLog \
 *                                                    HistoryJudge --> Verdict
 *   readers -- HistorySubject.read ------> ReadLog  /
 * </pre>
 *
 * <p>A checker that is always green proves nothing: the {@link Control}s are engines that break the
 * promises, and the same runs must turn red on them. Bench shows the same judge the caches of
 * others, which is why some types here are public.
 */
@NullMarked
package io.loadonce.server.history;

import org.jspecify.annotations.NullMarked;

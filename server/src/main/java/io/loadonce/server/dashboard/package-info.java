/** Beside the steps: what the admin port shows to people, live, and why an id was loaded. */
@NullMarked
package io.loadonce.server.dashboard;

import org.jspecify.annotations.NullMarked;

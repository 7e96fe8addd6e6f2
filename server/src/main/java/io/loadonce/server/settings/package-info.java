/** Beside the steps: flags, environment and file become validated settings. */
@NullMarked
package io.loadonce.server.settings;

import org.jspecify.annotations.NullMarked;

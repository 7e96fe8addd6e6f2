/** Beside the steps: flags, environment variables and the file become validated settings. */
@NullMarked
package io.loadonce.server.settings;

import org.jspecify.annotations.NullMarked;

/**
 * Calls of any unary method: its types by reflection or from a file, and messages that are made
 * from JSON with templates.
 */
@NullMarked
package io.loadonce.commands.load.call;

import org.jspecify.annotations.NullMarked;

/** How the commands read and write durations, and write rows and reports as JSON. */
@NullMarked
package io.loadonce.commands.text;

import org.jspecify.annotations.NullMarked;

/**
 * Beside the steps: the small files that settings name, such as certificates and the access file.
 * They are read at the start, and again when they change.
 */
@NullMarked
package io.loadonce.server.files;

import org.jspecify.annotations.NullMarked;

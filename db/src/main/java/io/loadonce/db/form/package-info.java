/** What the columns of a row become. */
@NullMarked
package io.loadonce.db.form;

import org.jspecify.annotations.NullMarked;

/** What people get from the record of a load test: files, a page with charts, bars, comparisons. */
@NullMarked
package io.loadonce.commands.load.report;

import org.jspecify.annotations.NullMarked;

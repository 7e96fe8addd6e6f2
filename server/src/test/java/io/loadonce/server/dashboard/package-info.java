@NullMarked
package io.loadonce.server.dashboard;

import org.jspecify.annotations.NullMarked;

/**
 * Beside the steps: which callers there are, how each proves who it is (a token or a certificate),
 * and which rights it has. The rooms request and ports ask here before they answer.
 *
 * <pre>
 *   access file --> AccessRules --> AccessFile.find(token, names of the certificate) --> Caller
 * </pre>
 */
@NullMarked
package io.loadonce.server.access;

import org.jspecify.annotations.NullMarked;

/** How fast the flow is, beside what its database and its broker can do at best on the same machine at the same time. */
@NullMarked
package io.archipelago.bench;

import org.jspecify.annotations.NullMarked;

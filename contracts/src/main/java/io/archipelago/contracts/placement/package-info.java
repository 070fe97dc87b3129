/** Asking placement which sites give how many machines, and what sites say of their capacity. */
@NullMarked
package io.archipelago.contracts.placement;

import org.jspecify.annotations.NullMarked;

/** Owns the inventory of compute hosts and their capacity over time: which site and which host gets which machine. Of networks and disks it knows
 * nothing.
 */
@NullMarked
package io.archipelago.placement;

import org.jspecify.annotations.NullMarked;

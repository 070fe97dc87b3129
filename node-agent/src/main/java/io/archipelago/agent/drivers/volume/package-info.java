/** Drivers of logical volumes and their iSCSI targets. */
@NullMarked
package io.archipelago.agent.drivers.volume;

import org.jspecify.annotations.NullMarked;

/** Drivers of attached iSCSI LUNs. */
@NullMarked
package io.archipelago.agent.drivers.disk;

import org.jspecify.annotations.NullMarked;

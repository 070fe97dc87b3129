/** Drivers of ends of Ethernet VPNs. */
@NullMarked
package io.archipelago.agent.drivers.link;

import org.jspecify.annotations.NullMarked;

/** Drivers of the VLAN interfaces and bridges of clusters. */
@NullMarked
package io.archipelago.agent.drivers.segment;

import org.jspecify.annotations.NullMarked;

/** Drivers of virtual machines. */
@NullMarked
package io.archipelago.agent.drivers.machine;

import org.jspecify.annotations.NullMarked;

/** What an agent can do to its host: one driver for each kind of resource. */
@NullMarked
package io.archipelago.agent.drivers;

import org.jspecify.annotations.NullMarked;

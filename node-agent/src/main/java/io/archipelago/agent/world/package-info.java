/** The simulated hosts of a site: what really is on them, and the physics that nobody can break unnoticed. Outlives an agent's crash. */
@NullMarked
package io.archipelago.agent.world;

import org.jspecify.annotations.NullMarked;

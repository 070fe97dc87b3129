/**
 * What an agent decides: plain synchronous Java, with the time passed in. The process and the simulation run these very classes.
 */
@NullMarked
package io.archipelago.agent.host;

import org.jspecify.annotations.NullMarked;

/** The agent of the very host that the process runs on: what an operator has said of it, its drivers, and what it has. */
@NullMarked
package io.archipelago.agent.linux;

import org.jspecify.annotations.NullMarked;

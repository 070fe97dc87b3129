/** What an agent keeps on its host's own disk. */
@NullMarked
package io.archipelago.agent.state;

import org.jspecify.annotations.NullMarked;

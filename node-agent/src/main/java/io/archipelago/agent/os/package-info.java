/** The host's operating system: its programs, and the trees of files in which its kernel shows itself. */
@NullMarked
package io.archipelago.agent.os;

import org.jspecify.annotations.NullMarked;

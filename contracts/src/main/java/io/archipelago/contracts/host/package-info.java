/** Desired and observed state of hosts: what participants want on a host, and what its agent sees there. */
@NullMarked
package io.archipelago.contracts.host;

import org.jspecify.annotations.NullMarked;

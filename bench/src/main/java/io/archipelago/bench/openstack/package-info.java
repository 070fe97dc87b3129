/** OpenStack Placement as a peer: what it takes to claim the same machines on the same hosts there. */
@NullMarked
package io.archipelago.bench.openstack;

import org.jspecify.annotations.NullMarked;

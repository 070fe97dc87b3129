/**
 * Owns reservations, the allocations of this site, and the streams to and from its peers. It takes what tenants ask, has it held and
 * confirmed at every site of the plan, and begins and ends this site's leases. Of hosts, VLAN ids and volume groups it knows nothing.
 */
@NullMarked
package io.archipelago.reservation;

import org.jspecify.annotations.NullMarked;

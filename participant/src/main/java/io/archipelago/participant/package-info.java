/**
 * What the four participants have in common: parts, bookings, hosts and resources as rows, the desired state that agents read, and the API for
 * operators. Decisions are taken by {@link io.archipelago.bus.protocol.ParticipantProtocol}; this module reads for it and writes what it decides.
 */
@NullMarked
package io.archipelago.participant;

import org.jspecify.annotations.NullMarked;

/**
 * The participant's side of hold, confirm, deploy and release, once for all participants: what is answered to every command in every
 * state, and how resources are made and removed on hosts. Plain Java; the services and the simulation run the same classes.
 *
 * <p>Begin with {@link io.archipelago.bus.protocol.Part}, the life cycle, then {@link io.archipelago.bus.protocol.ParticipantProtocol}.
 */
@NullMarked
package io.archipelago.bus.protocol;

import org.jspecify.annotations.NullMarked;

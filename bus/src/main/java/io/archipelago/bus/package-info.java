/**
 * Delivery, once for all services. A message goes out if and only if its transaction committed ({@link io.archipelago.bus.UnitOfWork},
 * {@link io.archipelago.bus.OutboxRelay}), and takes effect once however often it arrives ({@link io.archipelago.bus.Inbox}). What else
 * every service needs in the same way lives here too: due work, problems over REST, log context, metrics. It knows no contract type by
 * name.
 */
@NullMarked
package io.archipelago.bus;

import org.jspecify.annotations.NullMarked;

/** What is read from topics and from peers' brokers. */
@NullMarked
package io.archipelago.reservation.messaging;

import org.jspecify.annotations.NullMarked;

/** The life cycles of reservations and allocations. Read {@link io.archipelago.reservation.domain.Reservation} first. */
@NullMarked
package io.archipelago.reservation.domain;

import org.jspecify.annotations.NullMarked;

/**
 * Booking over time: pools with capacities and numbered units, bookings over half-open windows, and the one function that says what is free
 * throughout a window. Plain Java; the services and the simulation run the same classes.
 */
@NullMarked
package io.archipelago.bus.booking;

import org.jspecify.annotations.NullMarked;

/** Use cases: load, decide, save, send. */
@NullMarked
package io.archipelago.reservation.app;

import org.jspecify.annotations.NullMarked;

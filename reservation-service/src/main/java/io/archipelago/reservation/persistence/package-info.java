/** Rows and the stores that read and write them. */
@NullMarked
package io.archipelago.reservation.persistence;

import org.jspecify.annotations.NullMarked;

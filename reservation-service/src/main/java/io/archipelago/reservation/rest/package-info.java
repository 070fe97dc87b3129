/** The tenant's API. */
@NullMarked
package io.archipelago.reservation.rest;

import org.jspecify.annotations.NullMarked;

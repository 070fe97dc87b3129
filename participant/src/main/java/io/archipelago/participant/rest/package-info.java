/** The API for operators: pools, bookings, parts, hosts, drift. */
@NullMarked
package io.archipelago.participant.rest;

import org.jspecify.annotations.NullMarked;

/** The API for operators: what can be booked, what is, which hosts are heard of, and where wanted and seen differ. */
@NullMarked
package io.archipelago.participant.rest;

import org.jspecify.annotations.NullMarked;

/** Rows and the stores that read and write them. */
@NullMarked
package io.archipelago.participant.persistence;

import org.jspecify.annotations.NullMarked;

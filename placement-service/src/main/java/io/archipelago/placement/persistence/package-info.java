/** What sites advertise. */
@NullMarked
package io.archipelago.placement.persistence;

import org.jspecify.annotations.NullMarked;

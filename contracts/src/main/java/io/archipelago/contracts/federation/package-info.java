/** What sites say to each other, on {@code federation.to.<site>.v1}. The master's own share takes the same road. */
@NullMarked
package io.archipelago.contracts.federation;

import org.jspecify.annotations.NullMarked;

/** What a site's reservation-service and its four participants say to each other about one allocation. */
@NullMarked
package io.archipelago.contracts.allocation;

import org.jspecify.annotations.NullMarked;

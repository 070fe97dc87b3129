/** What placement reads beside what every participant reads. */
@NullMarked
package io.archipelago.placement.messaging;

import org.jspecify.annotations.NullMarked;

/** What is read from topics. */
@NullMarked
package io.archipelago.participant.messaging;

import org.jspecify.annotations.NullMarked;

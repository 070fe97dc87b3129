/** Use cases: load, decide, save, send. */
@NullMarked
package io.archipelago.participant.app;

import org.jspecify.annotations.NullMarked;

/** Puts the service together. */
@NullMarked
package io.archipelago.network.app;

import org.jspecify.annotations.NullMarked;

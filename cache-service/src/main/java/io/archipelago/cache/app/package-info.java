/** Puts the service together. */
@NullMarked
package io.archipelago.cache.app;

import org.jspecify.annotations.NullMarked;

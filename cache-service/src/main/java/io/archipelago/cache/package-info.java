/** Owns package caches. Of volumes it knows nothing. */
@NullMarked
package io.archipelago.cache;

import org.jspecify.annotations.NullMarked;

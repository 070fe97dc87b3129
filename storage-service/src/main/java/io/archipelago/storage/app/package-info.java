/** Puts the service together. */
@NullMarked
package io.archipelago.storage.app;

import org.jspecify.annotations.NullMarked;

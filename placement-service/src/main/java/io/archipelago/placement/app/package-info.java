/** Planning sites, and advertising what this one has. */
@NullMarked
package io.archipelago.placement.app;

import org.jspecify.annotations.NullMarked;

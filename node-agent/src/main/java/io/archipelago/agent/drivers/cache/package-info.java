/** Drivers of package caches. */
@NullMarked
package io.archipelago.agent.drivers.cache;

import org.jspecify.annotations.NullMarked;

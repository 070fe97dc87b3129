/** Giving each cluster its package cache at each worker site. Read {@link io.archipelago.cache.domain.CacheLogic} first. */
@NullMarked
package io.archipelago.cache.domain;

import org.jspecify.annotations.NullMarked;

/** Packing machines onto hosts and sites. Read {@link io.archipelago.placement.domain.PlacementLogic} first. */
@NullMarked
package io.archipelago.placement.domain;

import org.jspecify.annotations.NullMarked;

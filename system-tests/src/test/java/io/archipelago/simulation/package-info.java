/**
 * The deterministic simulation: three sites that run the very classes of production over a store, a bus and hosts whose every delay, repetition
 * and crash is chosen by a seed. docs/simulation.md says what it proves.
 *
 * <p>Begin with {@link io.archipelago.simulation.SimulationTest}, then {@link io.archipelago.simulation.History}.
 */
@NullMarked
package io.archipelago.simulation;

import org.jspecify.annotations.NullMarked;

/**
 * The laboratory: hosts of two sites as User-Mode-Linux kernels on one machine, the networks between them, and tests that run on such
 * hosts. {@link io.archipelago.lab.Agents} makes them hosts of the stack; the rest knows nothing
 * of what runs on them. Nothing here is part of a production deployment.
 */
@NullMarked
package io.archipelago.lab;

import org.jspecify.annotations.NullMarked;

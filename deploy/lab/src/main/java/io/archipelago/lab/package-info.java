/**
 * The laboratory: hosts of two sites as User-Mode-Linux kernels on one machine, the networks between them, and tests that run on such
 * hosts. It knows nothing of what runs on them. Nothing here is part of a production deployment.
 */
@NullMarked
package io.archipelago.lab;

import org.jspecify.annotations.NullMarked;

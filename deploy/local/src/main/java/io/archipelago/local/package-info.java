/**
 * Local mode: the embedded servers (PostgreSQL, Kafka, Keycloak), the description of the two-site stack, and the
 * supervisor that runs all of it as child processes. Nothing here is part of a production deployment.
 */
@NullMarked
package io.archipelago.local;

import org.jspecify.annotations.NullMarked;

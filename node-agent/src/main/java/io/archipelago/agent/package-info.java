/**
 * The agent of a host: makes the host look like its desired state and reports what it sees. It owns nothing that lasts. Read
 * {@link io.archipelago.agent.host.HostAgent} first; this package is the process around it.
 */
@NullMarked
package io.archipelago.agent;

import org.jspecify.annotations.NullMarked;

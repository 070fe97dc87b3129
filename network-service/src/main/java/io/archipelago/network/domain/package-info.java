/** Choosing VLAN ids, gateways and link ports. Read {@link io.archipelago.network.domain.NetworkLogic} first. */
@NullMarked
package io.archipelago.network.domain;

import org.jspecify.annotations.NullMarked;

/** Owns VLAN ids, gateways, segments and links. Of processors and storage it knows nothing. */
@NullMarked
package io.archipelago.network;

import org.jspecify.annotations.NullMarked;

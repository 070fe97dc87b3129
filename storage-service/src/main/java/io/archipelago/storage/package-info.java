/** Owns storage pools, volumes, their targets and CHAP secrets. Of networks it knows nothing. */
@NullMarked
package io.archipelago.storage;

import org.jspecify.annotations.NullMarked;

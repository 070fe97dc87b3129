/** The key that CHAP secrets are made from. */
@NullMarked
package io.archipelago.storage.persistence;

import org.jspecify.annotations.NullMarked;

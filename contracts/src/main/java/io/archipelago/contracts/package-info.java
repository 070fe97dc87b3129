/** Every message, typed id, topic name and error code. Nobody's behaviour: two services must agree on it byte for byte. */
@NullMarked
package io.archipelago.contracts;

import org.jspecify.annotations.NullMarked;

/** The JSON form of messages (CloudEvents 1.0, structured mode) and of stored states: the one place that knows Jackson's settings. */
@NullMarked
package io.archipelago.wire;

import org.jspecify.annotations.NullMarked;

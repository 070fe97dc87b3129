@NullMarked
package io.archipelago.cli;

import org.jspecify.annotations.NullMarked;

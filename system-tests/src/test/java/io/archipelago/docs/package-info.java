/** What is written about the system, held against what there is. */
@NullMarked
package io.archipelago.docs;

import org.jspecify.annotations.NullMarked;

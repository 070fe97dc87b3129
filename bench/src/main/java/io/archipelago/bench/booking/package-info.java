/** What it takes to book, and to find out what is free, in the core: without a database. */
@NullMarked
package io.archipelago.bench.booking;

import org.jspecify.annotations.NullMarked;

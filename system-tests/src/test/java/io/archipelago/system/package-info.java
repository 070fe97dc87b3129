/** The whole system as processes, seen from the outside: the tenant's API, the databases, the simulated hosts. */
@NullMarked
package io.archipelago.system;

import org.jspecify.annotations.NullMarked;

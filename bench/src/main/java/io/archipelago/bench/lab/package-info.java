/** What the agent's drivers make on hosts of the lab, beside what carries it: links beside the WAN, volumes beside their disk. */
@NullMarked
package io.archipelago.bench.lab;

import org.jspecify.annotations.NullMarked;

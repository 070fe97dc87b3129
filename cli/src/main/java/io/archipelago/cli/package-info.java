/**
 * The tenant's command line behind {@code ./vc}: it reads a reservation file, asks a site's REST API, and shows the
 * answer as a table, JSON or YAML. It owns its words, its exit codes and nothing that lasts: the server is the judge of
 * every field. Read {@link io.archipelago.cli.Main} first.
 */
@NullMarked
package io.archipelago.cli;

import org.jspecify.annotations.NullMarked;

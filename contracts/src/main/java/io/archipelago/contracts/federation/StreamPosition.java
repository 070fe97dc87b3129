package io.archipelago.contracts.federation;

import io.archipelago.contracts.Ids.SiteId;

/**
 * The place of a message in what one site says to another.
 *
 * @param from the site that speaks
 * @param epoch changes when that site's database was restored or its topic made anew; never falls
 * @param sequence 1, 2, 3 ... within the epoch, in the order of the sender's commits
 */
public record StreamPosition(SiteId from, long epoch, long sequence) {}

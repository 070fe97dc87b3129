package io.archipelago.reservation.domain;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.placement.PlacementMessage.Question;

/** A message that a decision sends. */
public sealed interface Outgoing {

    /**
     * To this site's participants.
     *
     * @param command what they are told
     */
    record ToParticipants(AllocationCommand command) implements Outgoing {}

    /**
     * To this site's placement-service.
     *
     * @param question which sites, or what else could be had
     */
    record ToPlacement(Question question) implements Outgoing {}

    /**
     * To a site's reservation-service, this one's own not excepted.
     *
     * @param site which
     * @param message what it is told
     */
    record ToSite(SiteId site, ShareMessage message) implements Outgoing {}
}

package io.archipelago.reservation.messaging;

import io.archipelago.bus.BusConfig;
import io.archipelago.bus.Inbox;
import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Topics;
import io.archipelago.reservation.FederationConfig;
import io.archipelago.reservation.app.FederationService;
import io.archipelago.reservation.persistence.InboundStreams;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.ArrayList;
import java.util.List;

/** Pulls from each site's broker, this one's own included, what that site says to this one. */
@ApplicationScoped
class FederationReader {

    private final List<StreamPull> pulls = new ArrayList<>();

    void start(
            @Observes @Priority(Integer.MAX_VALUE) StartupEvent event,
            FederationConfig config,
            FederationService service,
            InboundStreams streams,
            Inbox inbox,
            UnitOfWork unitOfWork,
            BusConfig bus) {
        SiteId own = new SiteId(bus.site());
        pulls.add(pull(own, config.own().bootstrapServers(), own, service, streams, inbox, unitOfWork));
        config.peers()
                .forEach((peer, at) -> pulls.add(
                        pull(new SiteId(peer), at.bootstrapServers(), own, service, streams, inbox, unitOfWork)));
        pulls.forEach(StreamPull::start);
    }

    void stop(@Observes ShutdownEvent event) {
        pulls.forEach(StreamPull::stop);
    }

    private static StreamPull pull(
            SiteId from,
            String bootstrapServers,
            SiteId own,
            FederationService service,
            InboundStreams streams,
            Inbox inbox,
            UnitOfWork unitOfWork) {
        return new StreamPull(
                from,
                bootstrapServers,
                Topics.federationTo(own),
                () -> unitOfWork.inTransaction(tx -> streams.position(tx, from)),
                batch -> inbox.applyInOrder("reservation", batch, (tx, envelope) -> service.take(tx, from, envelope)),
                position -> unitOfWork.inTransaction(tx -> streams.readUpTo(tx, from, position)));
    }
}

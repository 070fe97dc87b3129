package io.archipelago.reservation.messaging;

import io.archipelago.bus.BusConfig;
import io.archipelago.bus.Inbox;
import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Topics;
import io.archipelago.reservation.FederationConfig;
import io.archipelago.reservation.app.FederationService;
import io.archipelago.reservation.app.ReservationStart;
import io.archipelago.reservation.app.SettlementService;
import io.archipelago.reservation.domain.Sites;
import io.archipelago.reservation.persistence.InboundStreams;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Pulls from each site's broker, this one's own included, what that site says to this one. First it looks how far this site's own topics have
 * come; until the own broker answers, nothing else begins.
 */
@ApplicationScoped
class FederationReader {

    private static final Logger LOG = Logger.getLogger(FederationReader.class);
    private static final long AGAIN_SECONDS = 1;

    private final FederationConfig config;
    private final Sites sites;
    private final ReservationStart start;
    private final FederationService service;
    private final SettlementService settlement;
    private final InboundStreams streams;
    private final Inbox inbox;
    private final UnitOfWork unitOfWork;
    private final Map<String, Object> ownBroker;
    private final SiteId own;
    private final List<StreamPull> pulls = new ArrayList<>();
    private final CountDownLatch stopping = new CountDownLatch(1);

    FederationReader(
            FederationConfig config,
            Sites sites,
            ReservationStart start,
            FederationService service,
            SettlementService settlement,
            InboundStreams streams,
            Inbox inbox,
            UnitOfWork unitOfWork,
            BusConfig bus,
            @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.config = config;
        this.sites = sites;
        this.start = start;
        this.service = service;
        this.settlement = settlement;
        this.streams = streams;
        this.inbox = inbox;
        this.unitOfWork = unitOfWork;
        this.ownBroker = ReaderSettings.of(config.own().bootstrapServers(), kafka);
        this.own = new SiteId(bus.site());
    }

    void start(@Observes @Priority(Integer.MAX_VALUE) StartupEvent event) {
        pulls.add(pull(own, ownBroker));
        config.peers()
                .forEach((peer, at) ->
                        pulls.add(pull(new SiteId(peer), ReaderSettings.of(at.bootstrapServers(), at.kafka()))));
        Thread.ofPlatform().daemon().name("streams-begin").start(this::begin);
    }

    void stop(@Observes ShutdownEvent event) {
        stopping.countDown();
        pulls.forEach(StreamPull::stop);
    }

    private void begin() {
        while (stopping.getCount() > 0) {
            try {
                start.begin(StreamEnds.find(ownBroker, sites.numbers().keySet()))
                        .await()
                        .indefinitely();
                pulls.forEach(StreamPull::start);
                return;
            } catch (RuntimeException e) {
                LOG.warnf(e, "the own topics are looked at again in a moment");
                pause();
            }
        }
    }

    private void pause() {
        try {
            boolean stopped = stopping.await(AGAIN_SECONDS, TimeUnit.SECONDS);
            LOG.debugf("stopped: %s", stopped);
        } catch (InterruptedException e) {
            stopping.countDown();
        }
    }

    private StreamPull pull(SiteId from, Map<String, Object> broker) {
        Inbox.Handler handler = Inbox.Handler.prepared(
                (tx, envelopes) -> service.prepare(tx, from, envelopes),
                (tx, envelope) -> service.take(tx, from, envelope));
        return new StreamPull(
                from,
                broker,
                Topics.federationTo(own),
                () -> unitOfWork.inTransaction(tx -> streams.position(tx, from)),
                batch -> inbox.applyInOrder("reservation", batch, handler),
                position -> unitOfWork.inTransaction(tx -> streams.readUpTo(tx, from, position)),
                () -> unitOfWork.inTransaction(tx -> settlement.compareSoon(tx, from)));
    }
}

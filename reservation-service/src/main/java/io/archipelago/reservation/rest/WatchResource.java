package io.archipelago.reservation.rest;

import io.archipelago.bus.Rejection;
import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.reservation.ReservationConfig;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.reservation.persistence.ReservationStore;
import io.archipelago.reservation.persistence.ReservationStore.Versioned;
import io.archipelago.wire.Json;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Tells of every change of a reservation. Each watcher looks into the database, so that it matters not which instance made the change. */
@Path("/api/v1/reservations/{id}/events")
public class WatchResource {

    private final UnitOfWork unitOfWork;
    private final ReservationStore store;
    private final ReservationConfig.Watch config;
    private final Caller caller;
    private final Watchers watchers;
    private final Clock clock = Clock.systemUTC();

    WatchResource(
            UnitOfWork unitOfWork, ReservationStore store, ReservationConfig config, Caller caller, Watchers watchers) {
        this.unitOfWork = unitOfWork;
        this.store = store;
        this.config = config.watch();
        this.caller = caller;
        this.watchers = watchers;
    }

    /**
     * The reservation as it is, and again on each change; a comment now and then, so that nobody thinks that the connection is dead. Ends when the
     * reservation has ended, when the sign-on runs out, and after a while: whoever comes back with the last event's id hears only what changed
     * since. So many may watch at a time, of one tenant and in all: one more is answered with a problem, status 429.
     */
    @GET
    @Blocking
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @RolesAllowed({Caller.TENANT, Caller.OPERATOR, Caller.ADMIN})
    public Multi<OutboundSseEvent> events(
            @PathParam("id") String id, @HeaderParam("Last-Event-ID") @Nullable String known, @Context Sse sse) {
        ReservationId wanted = ReservationResource.parseOrMissing(id);
        Caller.Who who = caller.who();
        // Once a stream has begun its status is sent: whether there is something to watch, and room, is asked before.
        look(wanted, who).await().indefinitely();
        watchers.assertRoomFor(who);
        Watcher watcher = new Watcher(sse, known, who);
        // Counted only where the end is heard of too: a stream whose client has gone away by now is never begun. Of
        // many who ask at once some may find the last place taken since: their stream ends before it tells anything,
        // and whoever comes back is told why.
        return Multi.createFrom()
                .deferred(() -> watchers.enter(who)
                        ? tell(wanted, who, watcher)
                        : Multi.createFrom().<OutboundSseEvent>empty());
    }

    private Multi<OutboundSseEvent> tell(ReservationId wanted, Caller.Who who, Watcher watcher) {
        return Multi.createBy()
                .repeating()
                .uni(() -> look(wanted, who).map(watcher::see))
                .withDelay(config.every())
                .whilst(watcher::goesOn)
                .filter(event -> event != watcher.nothing())
                // Also when the client goes away.
                .onTermination()
                .invoke(() -> watchers.leave(who));
    }

    private Uni<Versioned> look(ReservationId id, Caller.Who who) {
        return unitOfWork
                .inTransaction(tx -> store.find(tx, id))
                .map(found -> found.filter(
                                seen -> who.sees(seen.reservation().details().tenant()))
                        .orElseThrow(() -> Rejection.notFound("reservation")));
    }

    /** What one watcher has been told. */
    private final class Watcher {

        private final Sse sse;
        private final OutboundSseEvent nothing;
        private final OutboundSseEvent heartbeat;
        private final long quietAtMost = Math.max(1, config.heartbeat().dividedBy(config.every()));
        private final Caller.Who who;
        private final Instant until;
        private String told;
        private long quiet;
        private boolean over;

        Watcher(Sse sse, @Nullable String known, Caller.Who who) {
            Instant longest = clock.instant().plus(config.atMost());
            this.sse = sse;
            this.who = who;
            this.told = known == null ? "" : known;
            this.until = longest.isBefore(who.until()) ? longest : who.until();
            this.nothing = sse.newEventBuilder().comment("").build();
            this.heartbeat = sse.newEventBuilder().comment("still here").build();
        }

        OutboundSseEvent nothing() {
            return nothing;
        }

        boolean goesOn(OutboundSseEvent last) {
            return !over && clock.instant().isBefore(until);
        }

        OutboundSseEvent see(Versioned seen) {
            over = seen.reservation() instanceof Reservation.Closed
                    && seen.reservation().due() == null
                    && !OfferViews.pending(seen.reservation(), seen.offers());
            String version = Long.toString(seen.version());
            if (version.equals(told)) {
                quiet++;
                return quiet % quietAtMost == 0 ? heartbeat : nothing;
            }
            told = version;
            quiet = 0;
            return sse.newEventBuilder()
                    .id(version)
                    .name("reservation")
                    .mediaType(MediaType.TEXT_PLAIN_TYPE)
                    .data(String.class, Json.write(Views.of(seen, who)))
                    .build();
        }
    }
}

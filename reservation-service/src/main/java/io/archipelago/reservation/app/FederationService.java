package io.archipelago.reservation.app;

import io.archipelago.bus.BusConfig;
import io.archipelago.bus.Tx;
import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Message;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.federation.ShareDigest;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.federation.ShareMessage.ShareHeld;
import io.archipelago.contracts.federation.ShareMessage.ShareRefused;
import io.archipelago.contracts.federation.ShareMessage.ShareStatus;
import io.archipelago.contracts.federation.StreamPosition;
import io.archipelago.contracts.placement.PlacementMessage.CapacityAdvertised;
import io.archipelago.contracts.placement.PlacementMessage.PathMeasured;
import io.archipelago.reservation.FederationConfig;
import io.archipelago.reservation.ReservationMetrics;
import io.archipelago.reservation.domain.Sites;
import io.archipelago.reservation.domain.StreamVerdict;
import io.archipelago.reservation.persistence.InboundStreams;
import io.archipelago.reservation.persistence.OutboundStreams;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What is done about what sites say, each only within what it may say. */
@ApplicationScoped
public class FederationService {

    private static final Logger LOG = Logger.getLogger(FederationService.class);

    private final InboundStreams inbound;
    private final OutboundStreams outbound;
    private final FederationConfig config;
    private final ReservationService reservations;
    private final AllocationService allocations;
    private final SettlementService settlement;
    private final Sites sites;
    private final ReservationMetrics metrics;
    private final SiteId own;

    FederationService(
            InboundStreams inbound,
            OutboundStreams outbound,
            FederationConfig config,
            ReservationService reservations,
            AllocationService allocations,
            SettlementService settlement,
            Sites sites,
            ReservationMetrics metrics,
            BusConfig bus) {
        this.inbound = inbound;
        this.outbound = outbound;
        this.config = config;
        this.reservations = reservations;
        this.allocations = allocations;
        this.settlement = settlement;
        this.sites = sites;
        this.metrics = metrics;
        this.own = new SiteId(bus.site());
    }

    /** Tells every peer what this site has free. */
    public Uni<Void> advertise(Tx tx, CapacityAdvertised capacity) {
        config.peers().keySet().stream()
                .map(SiteId::new)
                .forEach(peer -> outbound.say(tx, peer, capacity.site().value(), capacity));
        return Uni.createFrom().voidItem();
    }

    /** Tells placement how far a peer is, beside what that advertises. */
    public Uni<Void> tellPlacement(Tx tx, PathMeasured path) {
        tx.send(Topics.RESERVATION_EVENTS, path.peer().value(), path);
        return Uni.createFrom().voidItem();
    }

    /** Locks what a batch of messages between sites speaks of: first reservations, then shares. */
    public Uni<Void> prepare(Tx tx, SiteId from, List<Envelope> envelopes) {
        List<ReservationId> asked = new ArrayList<>();
        List<AllocationId> told = new ArrayList<>();
        for (Envelope envelope : envelopes) {
            switch (envelope.message()) {
                case ShareMessage.Command command -> told.add(command.allocation());
                case ShareMessage.Answer answer -> asked.add(answer.allocation().reservation());
                default -> {}
            }
        }
        // Their rows come after the stream's, everywhere.
        return inbound.last(tx, from)
                .chain(() -> reservations.prepare(tx, asked))
                .chain(() -> allocations.prepare(tx, told));
    }

    /**
     * Takes a message that was read from a site's topic.
     *
     * @param from the site whose topic it was read from, whatever the message says
     */
    public Uni<Void> take(Tx tx, SiteId from, Envelope envelope) {
        StreamPosition position = envelope.stream();
        if (position == null || !position.from().equals(from)) {
            throw new IllegalArgumentException("what site " + from + " says bears its place in what it says");
        }
        return inbound.take(tx, position).chain(verdict -> {
            if (verdict == StreamVerdict.PASS_OVER) {
                return Uni.createFrom().voidItem();
            }
            return apply(tx, from, envelope.message()).chain(() -> {
                if (!verdict.breaks()) {
                    return Uni.createFrom().voidItem();
                }
                LOG.warnf("the stream of site %s breaks at %d: %s", from, position.sequence(), verdict);
                return settlement.compareSoon(tx, from);
            });
        });
    }

    private Uni<Void> apply(Tx tx, SiteId from, Message message) {
        return switch (message) {
            case ShareMessage.Command command -> {
                require(command.allocation().site().equals(own), from, "a command for another site's share");
                yield allocations.onCommand(tx, from, command);
            }
            case ShareMessage.Answer answer -> {
                require(answer.allocation().site().equals(from), from, "an answer for another site's share");
                yield reservations.onAnswer(tx, believed(answer, from));
            }
            case ShareDigest digest -> {
                require(digest.from().equals(from), from, "what another site believes");
                yield settlement.onDigest(tx, from, digest);
            }
            case CapacityAdvertised capacity -> {
                require(capacity.site().equals(from), from, "the capacity of another site");
                tx.send(Topics.RESERVATION_EVENTS, from.value(), capacity);
                yield Uni.createFrom().voidItem();
            }
            default -> throw new IllegalArgumentException("no message between sites");
        };
    }

    private ShareMessage.Answer believed(ShareMessage.Answer answer, SiteId from) {
        ShareMessage.Answer believed = believed(answer, from, sites.numbers().get(from));
        if (!believed.equals(answer)) {
            metrics.misnamed();
            LOG.warnf("site %s speaks of its share of %s under another's name or number", from, answer.allocation());
        }
        return believed;
    }

    /**
     * A share held under another site's name counts as refused, and of a status under another's name the facts do not count: they would reach every site
     * of the cluster, to deploy by.
     */
    static ShareMessage.Answer believed(ShareMessage.Answer answer, SiteId from, @Nullable Integer number) {
        if (answer instanceof ShareHeld held && !speaksForItself(held.facts(), from, number)) {
            Refusal refusal = Refusal.of(
                    ErrorCode.UNSUPPORTED,
                    "machines",
                    "the site does not answer under the name and number that it has here");
            return new ShareRefused(held.allocation(), held.sequence(), List.of(refusal));
        }
        if (answer instanceof ShareStatus status
                && status.facts() != null
                && !speaksForItself(status.facts(), from, number)) {
            return new ShareStatus(
                    status.allocation(),
                    status.sequence(),
                    status.progress(),
                    status.resources(),
                    status.waitingFor(),
                    null);
        }
        return answer;
    }

    private static boolean speaksForItself(Facts.Shared facts, SiteId from, @Nullable Integer number) {
        return facts.site().equals(from) && number != null && facts.siteNumber() == number;
    }

    private static void require(boolean allowed, SiteId from, String what) {
        if (!allowed) {
            throw new IllegalArgumentException("site " + from + " has no say in " + what);
        }
    }
}

package io.archipelago.simulation;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Message;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationMoved;
import io.archipelago.contracts.federation.ShareDigest;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.federation.StreamPosition;
import io.archipelago.contracts.placement.PlacementMessage.AlternativesFound;
import io.archipelago.contracts.placement.PlacementMessage.CapacityAdvertised;
import io.archipelago.contracts.placement.PlacementMessage.PlanRefused;
import io.archipelago.contracts.placement.PlacementMessage.SitesPlanned;
import io.archipelago.reservation.domain.Allocation;
import io.archipelago.reservation.domain.AllocationMoves;
import io.archipelago.reservation.domain.Change;
import io.archipelago.reservation.domain.Clustered;
import io.archipelago.reservation.domain.Decision;
import io.archipelago.reservation.domain.Details;
import io.archipelago.reservation.domain.Outgoing;
import io.archipelago.reservation.domain.Proposal;
import io.archipelago.reservation.domain.Proposal.Wish;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.reservation.domain.ReservationMoves;
import io.archipelago.reservation.domain.Restoration;
import io.archipelago.reservation.domain.StreamVerdict;
import io.archipelago.simulation.Settling.ExchangeRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The reservation-service of one site: production's moves over two tables, and as little as possible between them. */
final class ReservationService extends Service {

    /** How far what a site says was read. */
    private record PositionRow(SiteId from) {}

    private final ReservationMoves reservationMoves;
    private final AllocationMoves allocationMoves;
    private final Map<ReservationId, Reservation> reservations = new LinkedHashMap<>();
    private final Map<AllocationId, Allocation> allocations = new LinkedHashMap<>();
    private final Settling settling;

    ReservationService(World world, Site site) {
        super(world, site, "reservation");
        this.reservationMoves = new ReservationMoves(
                world.sitesSeenFrom(site.id()), world.figures().pace());
        this.allocationMoves = new AllocationMoves(world.figures().pace());
        this.settling = new Settling(this, reservationMoves, allocationMoves);
    }

    Settling settling() {
        return settling;
    }

    /** Whether a reservation or a share is not over here. */
    boolean somethingIsOpen() {
        return reservations.values().stream().anyMatch(r -> r.due() != null)
                || allocations.values().stream().anyMatch(a -> a.due() != null);
    }

    /** The lanes in which sites speak to this one. */
    List<Lane> streams() {
        return world().sites().stream().flatMap(s -> streams(s).stream()).toList();
    }

    /** The lane in which a site speaks to this one, if it has spoken. */
    List<Lane> streams(Site from) {
        return from.broker().lanesOf(this, world().federationTo(site().id()));
    }

    Map<ReservationId, Reservation> reservations() {
        return reservations;
    }

    Map<AllocationId, Allocation> allocations() {
        return allocations;
    }

    /** POST: idempotent, for the client repeats it. */
    void create(Details details) {
        request(Work.on("POST", 0, List.of(details.id()), tx -> {
            if (!reservations.containsKey(details.id())) {
                reserve(details.id(), Optional.of(reservationMoves.request(details, tx.now())), tx, "POST");
            }
        }));
    }

    /** DELETE. */
    void cancel(ReservationId id) {
        request(Work.on("DELETE", 0, List.of(id), tx -> {
            Reservation reservation = reservations.get(id);
            if (reservation != null) {
                world().invariants().cancelled(id);
                reserve(id, reservationMoves.cancel(reservation, tx.now()), tx, "DELETE");
            }
        }));
    }

    /** POST of an acceptance, by a tenant who takes the first offer that it finds open. */
    void accept(ReservationId refused) {
        Offers.accept(this, refused).ifPresent(this::request);
    }

    /** PATCH: what a tenant makes of what it sees. */
    void change(ReservationId id, Function<Reservation, Wish> wish) {
        request(Work.on("PATCH", 0, List.of(id), tx -> {
            Reservation seen = reservations.get(id);
            if (seen instanceof Clustered
                    && reservationMoves.change(seen, wish.apply(seen), tx.now()) instanceof Proposal.Made made) {
                world().did(Deed.CHANGE_ASKED);
                reserve(id, Optional.of(made.decision()), tx, "PATCH");
            }
        }));
    }

    ReservationMoves moves() {
        return reservationMoves;
    }

    @Override
    @Nullable
    Work work(Posted posted) {
        StreamPosition position = posted.stream();
        if (position != null && posted.message() != null) {
            return fromSite(posted, position, posted.message());
        }
        return switch (posted.message()) {
            case AllocationEvent event ->
                Work.on(event, posted.id(), List.of(event.allocation()), tx -> onEvent(event, tx));
            case SitesPlanned plan ->
                Work.on(
                        plan,
                        posted.id(),
                        List.of(plan.reservation()),
                        tx -> reserve(
                                plan.reservation(),
                                Optional.ofNullable(reservations.get(plan.reservation()))
                                        .flatMap(r -> reservationMoves.onPlanned(r, plan, tx.now())),
                                tx,
                                plan));
            case PlanRefused refused ->
                Work.on(
                        refused,
                        posted.id(),
                        List.of(refused.reservation()),
                        tx -> reserve(
                                refused.reservation(),
                                Optional.ofNullable(reservations.get(refused.reservation()))
                                        .flatMap(r -> reservationMoves.onPlanRefused(r, refused, tx.now())),
                                tx,
                                refused));
            case AlternativesFound found -> Offers.work(this, posted.id(), found);
            case CapacityAdvertised own ->
                Work.on(
                        own,
                        posted.id(),
                        List.of(),
                        tx -> world().peersOf(site().id()).forEach(peer -> tx.sendToSite(peer, own)));
            case null, default -> null;
        };
    }

    @Override
    @Nullable
    Instant due(Object row) {
        if (world().broken(Mutation.SWEEPER_STOPS)
                && row instanceof AllocationId held
                && allocations.get(held) instanceof Allocation.Held) {
            return null;
        }
        return switch (row) {
            case ReservationId id -> {
                Reservation reservation = reservations.get(id);
                yield reservation == null ? null : reservation.due();
            }
            case AllocationId id -> {
                Allocation allocation = allocations.get(id);
                yield allocation == null ? null : allocation.due();
            }
            case ExchangeRow exchange -> settling.due(exchange);
            default -> null;
        };
    }

    @Override
    Work dueWork(Object row) {
        return Work.due("due", row, () -> false, tx -> {
            if (row instanceof ReservationId id) {
                Reservation reservation = reservations.get(id);
                if (reservation != null) {
                    reserve(id, reservationMoves.onDue(reservation, tx.now()), tx, "due");
                }
            } else if (row instanceof AllocationId id) {
                Allocation allocation = allocations.get(id);
                if (allocation != null) {
                    allocate(id, allocationMoves.onDue(allocation, tx.now()), tx, "due");
                }
            } else if (row instanceof ExchangeRow exchange && settling.due(exchange) != null) {
                settling.onDue(exchange, tx);
            }
        });
    }

    @Override
    Collection<Object> rows() {
        List<Object> rows = new ArrayList<>(reservations.keySet());
        rows.addAll(allocations.keySet());
        rows.addAll(settling.rows());
        return rows;
    }

    @Override
    void beforeStart() {
        settling.begin();
    }

    /** What a site says counts once, by its place in the stream; the place is moved in the transaction of the effect. */
    private Work fromSite(Posted posted, StreamPosition position, Message message) {
        world().invariants().place(this, posted, position);
        List<Object> rows = new ArrayList<>();
        rows.add(new PositionRow(position.from()));
        if (message instanceof ShareMessage.Command command) {
            rows.add(command.allocation());
        } else if (message instanceof ShareMessage.Answer answer) {
            rows.add(answer.allocation().reservation());
        } else if (message instanceof ShareDigest digest) {
            rows.addAll(Settling.rows(digest));
            rows.add(new ExchangeRow(position.from()));
        }
        return Work.on(message, posted.id(), rows, tx -> {
            StreamPosition heard = database().heard.get(position.from());
            StreamVerdict verdict = StreamVerdict.judge(heard, position);
            if (verdict == StreamVerdict.PASS_OVER) {
                return;
            }
            // Sites then compare what they believe; but nothing that the bus does may ever bring it about.
            Invariants.require(
                    verdict == StreamVerdict.TAKE || world().lossy() || world().setBack(),
                    () -> this + " misses something that " + position.from() + " said: it took " + heard + " and then "
                            + position);
            if (world().broken(Mutation.POSITION_BEFORE_EFFECT)) {
                database().heard.put(position.from(), position);
                if (world().dice().chance(0.02)) {
                    tx.rollBack();
                    return;
                }
            }
            if (verdict.moves()) {
                tx.write(() -> {
                    database().heard.put(position.from(), position);
                    if (heard == null || heard.epoch() != position.epoch()) {
                        database().reused.remove(position.from());
                    }
                });
            }
            take(position.from(), message, tx);
            settling.onBreak(position.from(), verdict, tx);
        });
    }

    private void take(SiteId from, Message message, Transaction tx) {
        switch (message) {
            case ShareMessage.Command command -> onCommand(from, command, tx);
            case ShareMessage.ShareStatus status
            when status.facts() != null && world().broken(Mutation.NEWS_NOT_SPREAD) ->
                take(from, Forgetful.facts(status), tx);
            case ShareMessage.ShareRefused refused
            when world().broken(Mutation.CHANGE_AGREED_ALONE)
                    && reservations.get(refused.allocation().reservation()) instanceof Clustered cluster
                    && cluster.change() instanceof Change.Asked -> take(from, Forgetful.refusal(refused, cluster), tx);
            case ShareMessage.Answer answer -> {
                ReservationId id = answer.allocation().reservation();
                reserve(
                        id,
                        Optional.ofNullable(reservations.get(id))
                                .flatMap(r -> reservationMoves.onAnswer(r, answer, tx.now())),
                        tx,
                        answer);
            }
            case ShareDigest digest -> settling.onDigest(from, digest, tx);
            case CapacityAdvertised peers -> tx.send(Topics.RESERVATION_EVENTS, peers.site(), peers);
            default -> throw new IllegalStateException("no site says " + message);
        }
    }

    private void onCommand(SiteId from, ShareMessage.Command command, Transaction tx) {
        Allocation allocation = allocations.get(command.allocation());
        if (allocation != null) {
            allocate(command.allocation(), allocationMoves.onCommand(allocation, command, tx.now()), tx, command);
            return;
        }
        long floor = world().broken(Mutation.FLOOR_FORGOTTEN) ? 0 : Restoration.floor(database().restoredIn);
        allocate(command.allocation(), allocationMoves.begin(from, command, floor, tx.now()), tx, command);
        allocationMoves.answerUnknown(command, floor).ifPresent(answer -> tx.sendToSite(from, answer));
    }

    private void onEvent(AllocationEvent event, Transaction tx) {
        Allocation allocation = allocations.get(event.allocation());
        boolean moved = event instanceof AllocationMoved;
        if (allocation != null && !(moved && world().broken(Mutation.MOVES_UNHEARD))) {
            Optional<Decision<Allocation>> decision = allocationMoves.onEvent(allocation, event, tx.now());
            if (event.sequence() < allocation.header().sequence() && !moved) {
                world().invariants().changesNothing(this, event, decision);
            }
            allocate(event.allocation(), decision, tx, event);
        }
    }

    void reserve(ReservationId id, Optional<Decision<Reservation>> decision, Transaction tx, Object about) {
        Reservation before = reservations.get(id);
        decision.ifPresent(d -> {
            world().storable(Reservation.class, d.next());
            tx.write(() -> reservations.put(id, d.next()));
            d.messages().forEach(message -> send(message, tx));
            tx.check(() -> {
                world().tell(this, () -> Words.of(about) + " -> " + Words.of(before) + " to " + Words.of(d.next()));
                world().invariants().reservation(this, before, d.next(), tx.now());
            });
        });
        tx.check(() -> watch(id));
    }

    /** Stores and says what was decided while nobody else is at work. */
    void applyAtOnce(Decision<Allocation> decision) {
        allocations.put(decision.next().id(), decision.next());
        List<Posted> posted = new ArrayList<>();
        for (Outgoing message : decision.messages()) {
            if (message instanceof Outgoing.ToParticipants(var command)) {
                posted.add(new Posted(
                        world().newMessageId(), Topics.ALLOCATION_COMMANDS, command.allocation(), null, command));
            }
        }
        relay().accept(posted);
    }

    void allocate(AllocationId id, Optional<Decision<Allocation>> decision, Transaction tx, Object about) {
        Allocation before = allocations.get(id);
        decision.ifPresent(d -> {
            world().storable(Allocation.class, d.next());
            tx.write(() -> allocations.put(id, d.next()));
            d.messages().forEach(message -> send(message, tx));
            tx.check(() -> {
                world().tell(this, () -> Words.of(about) + " -> " + Words.of(before) + " to " + Words.of(d.next()));
                world().invariants().allocation(this, before, d.next(), tx.now());
            });
        });
        tx.check(() -> watch(id));
    }

    private void send(Outgoing message, Transaction tx) {
        switch (message) {
            case Outgoing.ToParticipants to ->
                tx.send(Topics.ALLOCATION_COMMANDS, to.command().allocation(), to.command());
            case Outgoing.ToPlacement to ->
                tx.send(Topics.PLACEMENT_COMMANDS, to.question().reservation(), to.question());
            case Outgoing.ToSite to -> {
                if (to.message() instanceof ShareMessage.ReleaseShare release) {
                    world().invariants().givenUp(release);
                }
                tx.sendToSite(to.site(), to.message());
            }
        }
    }
}

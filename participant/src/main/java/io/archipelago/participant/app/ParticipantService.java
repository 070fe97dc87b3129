package io.archipelago.participant.app;

import io.archipelago.bus.BusConfig;
import io.archipelago.bus.Rejection;
import io.archipelago.bus.Tx;
import io.archipelago.bus.protocol.MakingWay;
import io.archipelago.bus.protocol.Part;
import io.archipelago.bus.protocol.PartDecision;
import io.archipelago.bus.protocol.PartView;
import io.archipelago.bus.protocol.ParticipantLogic;
import io.archipelago.bus.protocol.ParticipantProtocol;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.allocation.AllocationCommand.ConfirmAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.DeployAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ExtendAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ReleaseAllocation;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.participant.persistence.MaintenanceStore;
import io.archipelago.participant.persistence.PartStore;
import io.archipelago.participant.persistence.PartStore.Need;
import io.archipelago.participant.persistence.PartStore.Reach;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jboss.logging.Logger;

/** What a participant does about commands, observations and deadlines of its parts. */
@ApplicationScoped
public class ParticipantService {

    private static final Logger LOG = Logger.getLogger(ParticipantService.class);

    private final ParticipantLogic logic;
    private final ParticipantProtocol protocol;
    private final MakingWay way;
    private final PartStore store;
    private final MaintenanceStore maintenance;
    private final HostKeys keys;
    private final String service;

    ParticipantService(
            ParticipantLogic logic,
            ParticipantProtocol protocol,
            PartStore store,
            MaintenanceStore maintenance,
            HostKeys keys,
            BusConfig bus) {
        this.logic = logic;
        this.protocol = protocol;
        this.way = new MakingWay(protocol);
        this.store = store;
        this.maintenance = maintenance;
        this.keys = keys;
        this.service = bus.service();
    }

    /** Locks and reads what a batch of commands needs. */
    public Uni<Void> prepare(Tx tx, List<AllocationCommand> commands) {
        List<Need> needs = commands.stream()
                .filter(command -> !elsewhere(command) && !probes(command))
                .map(this::need)
                .toList();
        return commands.stream().anyMatch(ParticipantService::shapes)
                ? keys.load(tx).chain(() -> store.load(tx, needs))
                : store.load(tx, needs);
    }

    /** Takes a command of the site's reservation-service. */
    public Uni<Void> onCommand(Tx tx, AllocationCommand command) {
        if (elsewhere(command)) {
            return Uni.createFrom().voidItem();
        }
        if (command instanceof HoldAllocation hold && probes(hold)) {
            return probe(tx, hold);
        }
        AllocationId allocation = command.allocation();
        Function<PartView, PartDecision> decide = view -> protocol.onCommand(command, view, tx.now());
        Need need = need(command);
        return (shapes(command) ? keys.load(tx) : Uni.createFrom().voidItem())
                .chain(() -> store.view(tx, need))
                .chain(view -> command instanceof ExtendAllocation && view.part() instanceof Part.Leased
                        ? store.view(tx, new Need(allocation, Reach.FREE))
                        : Uni.createFrom().item(view))
                .chain(view -> {
                    PartDecision decision = decide.apply(view);
                    return booksMore(command) && ParticipantProtocol.refuses(decision)
                            // Only a refusal needs to see every single booking: it tells why, and when it would fit.
                            ? store.view(tx, new Need(allocation, Reach.ALL))
                                    .chain(all -> makeWay(tx, command, all))
                                    .chain(() -> store.view(tx, new Need(allocation, Reach.ALL)))
                                    .chain(all -> carryOut(tx, allocation, decide.apply(all)))
                            : carryOut(tx, allocation, decision);
                });
    }

    private static boolean probes(AllocationCommand command) {
        return command instanceof HoldAllocation hold && hold.heldFor() == HoldPurpose.PROBE;
    }

    /** It is answered by what has committed. A refusal is that of a request: counter-offers make way if that helps, and else are in the way. */
    private Uni<Void> probe(Tx tx, HoldAllocation hold) {
        return store.free(tx, Set.of())
                .map(free -> protocol.probe(hold, free, tx.now()))
                .chain(answer -> answer instanceof AllocationRefused
                        ? store.booked(tx).map(booked -> probe(hold, booked, tx.now()))
                        : Uni.createFrom().item(answer))
                .invoke(answer ->
                        tx.send(Topics.events(service), hold.allocation().toString(), answer))
                .replaceWithVoid();
    }

    private AllocationEvent probe(HoldAllocation hold, PartStore.Booked booked, Instant now) {
        AllocationEvent without = protocol.probe(hold, booked.withoutOffers(), now);
        return without instanceof AllocationRefused ? protocol.probe(hold, booked.all(), now) : without;
    }

    private static boolean booksMore(AllocationCommand command) {
        return command instanceof HoldAllocation || command instanceof ExtendAllocation;
    }

    /** Gives up the counter-offers because of which a command would be refused. */
    private Uni<Void> makeWay(Tx tx, AllocationCommand command, PartView all) {
        return ParticipantProtocol.refuses(protocol.onCommand(command, all, tx.now()))
                ? store.offers(tx)
                        .chain(offers -> Multi.createFrom()
                                .iterable(way.of(command, all, offers, tx.now()))
                                .onItem()
                                .transformToUniAndConcatenate(
                                        offer -> carryOut(tx, offer.allocation(), way.giveUp(offer)))
                                .collect()
                                .last())
                        .replaceWithVoid()
                : Uni.createFrom().voidItem();
    }

    /** Locks and reads what is needed to take what agents saw of some allocations. */
    public Uni<Void> prepareObserved(Tx tx, List<AllocationId> allocations) {
        return store.load(
                tx, allocations.stream().map(id -> new Need(id, Reach.NONE)).toList());
    }

    /** Takes what an agent saw of a resource of ours. */
    public Uni<Void> onObserved(Tx tx, ResourceObserved observed) {
        AllocationId allocation = observed.key().allocation();
        return store.view(tx, new Need(allocation, Reach.NONE))
                .chain(view -> protocol.books(observed, view)
                        ? store.view(tx, new Need(allocation, Reach.PRESENT))
                        : Uni.createFrom().item(view))
                .chain(view -> (view.part() instanceof Part.Releasing
                                ? keys.load(tx)
                                : Uni.createFrom().voidItem())
                        .chain(() -> carryOut(tx, allocation, protocol.onObserved(observed, view, tx.now())))
                        .invoke(() -> tellOfPath(tx, observed, view)));
    }

    /** What came late says nothing of now. */
    private void tellOfPath(Tx tx, ResourceObserved observed, PartView view) {
        view.resources().stream()
                .filter(resource -> resource.host().equals(observed.host())
                        && resource.key().equals(observed.key())
                        && isNews(observed, resource)
                        && observed.phase() == Phase.READY)
                .flatMap(resource -> logic.measured(resource, observed.details(), tx.now()).stream())
                .forEach(path -> tx.send(Topics.events(service), path.peer().value(), path));
    }

    private static boolean isNews(ResourceObserved observed, Resource known) {
        return observed.epoch() > known.epoch()
                || observed.epoch() == known.epoch() && observed.counter() > known.counter();
    }

    /**
     * Has a resource that is wanted be otherwise than before.
     *
     * @param change what is wanted now to how it is to be, with the next generation
     * @throws Rejection through the result: NOT_FOUND if no lease wants it there now, CONFLICT if the host is not heard of: it would be done once it is,
     *     which may be hours later
     */
    public Uni<Void> respecify(Tx tx, HostId host, ResourceKey key, Function<Resource, ResourceSpec> change) {
        AllocationId allocation = key.allocation();
        return store.view(tx, new Need(allocation, Reach.NONE))
                .invoke(view -> {
                    if (view.down().lost().contains(host)) {
                        throw new Rejection(
                                ErrorCode.CONFLICT,
                                "host " + host
                                        + " is lost or barred, and would do this once it is back: ask again then");
                    }
                })
                .chain(view -> carryOut(
                        tx,
                        allocation,
                        protocol.respecify(view, host, key, change)
                                .orElseThrow(() ->
                                        Rejection.notFound(key.kind().name().toLowerCase(Locale.ROOT)))));
    }

    /** Looks at which of a part's hosts are down; see {@link ParticipantProtocol#onHosts}. */
    public Uni<Void> onHosts(Tx tx, AllocationId allocation, boolean news) {
        return keys.load(tx)
                .chain(() -> store.view(tx, new Need(allocation, Reach.NONE)))
                .chain(view -> carryOut(tx, allocation, protocol.onHosts(view, news)));
    }

    /** Finds another place for what an allocation has where it can not stay, and if there is none, looks again later. */
    public Uni<Void> onDisplaced(Tx tx, AllocationId allocation) {
        return store.view(tx, new Need(allocation, Reach.ALL)).chain(view -> {
            PartDecision decision = protocol.onDisplaced(view);
            boolean stays = decision.next() == null && ParticipantProtocol.isDisplaced(view);
            if (stays) {
                LOG.warnf(
                        "%s can not stay where it is booked; it has begun, or there is no other place for it",
                        allocation);
            } else if (decision.next() != null) {
                LOG.infof("%s was moved: it could not stay where it was booked", allocation);
            }
            return carryOut(tx, allocation, decision)
                    .chain(() -> stays
                            ? maintenance.again(tx, allocation, ParticipantProtocol.isUndecided(view))
                            : maintenance.settled(tx, allocation));
        });
    }

    /** Does what is due for a part. */
    public Uni<Void> onDue(Tx tx, AllocationId allocation) {
        return store.view(tx, new Need(allocation, Reach.NONE))
                .chain(view -> view.part() != null && protocol.books(view.part())
                        ? keys.load(tx).chain(() -> store.view(tx, new Need(allocation, Reach.PRESENT)))
                        : Uni.createFrom().item(view))
                .chain(view -> carryOut(tx, allocation, protocol.onDue(view, tx.now())));
    }

    private Uni<Void> carryOut(Tx tx, AllocationId allocation, PartDecision decision) {
        for (Resource resource : decision.publish()) {
            tx.send(Topics.desired(resource.host()), resource.key().toString(), resource.desired());
        }
        for (Resource resource : decision.forget()) {
            tx.tombstone(Topics.desired(resource.host()), resource.key().toString());
        }
        decision.answers().forEach(answer -> tx.send(Topics.events(service), allocation.toString(), answer));
        return store.write(tx, allocation, decision);
    }

    /** Whether a command may change what should be on hosts, and with it what is sealed to them. */
    private static boolean shapes(AllocationCommand command) {
        return switch (command) {
            case HoldAllocation hold -> false;
            case ConfirmAllocation confirm -> false;
            case DeployAllocation deploy -> true;
            case ExtendAllocation extend -> false;
            case ReleaseAllocation release -> true;
        };
    }

    /** Whether a command is not for this participant. */
    private boolean elsewhere(AllocationCommand command) {
        return command instanceof HoldAllocation hold && !protocol.books(hold);
    }

    private Need need(AllocationCommand command) {
        return switch (command) {
            case HoldAllocation hold -> new Need(hold.allocation(), Reach.FREE);
            case ConfirmAllocation confirm -> new Need(confirm.allocation(), Reach.PRESENT);
            case DeployAllocation deploy -> new Need(deploy.allocation(), Reach.PRESENT);
            case ExtendAllocation extend -> new Need(extend.allocation(), Reach.NONE);
            case ReleaseAllocation release -> new Need(release.allocation(), Reach.NONE);
        };
    }
}

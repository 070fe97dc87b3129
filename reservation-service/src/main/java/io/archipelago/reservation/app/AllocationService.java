package io.archipelago.reservation.app;

import io.archipelago.bus.Tx;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.federation.ShareMessage.ConfirmShare;
import io.archipelago.contracts.federation.ShareMessage.HoldShare;
import io.archipelago.contracts.federation.ShareMessage.ReleaseShare;
import io.archipelago.contracts.federation.ShareMessage.ReviseShare;
import io.archipelago.reservation.domain.Allocation;
import io.archipelago.reservation.domain.AllocationMoves;
import io.archipelago.reservation.domain.Decision;
import io.archipelago.reservation.domain.Leased;
import io.archipelago.reservation.domain.Outgoing.ToSite;
import io.archipelago.reservation.domain.Restoration;
import io.archipelago.reservation.domain.RestoredMoves;
import io.archipelago.reservation.persistence.AllocationStore;
import io.archipelago.reservation.persistence.ExchangeStore;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jboss.logging.Logger;

/** What a site does about its shares, whoever their master is. */
@ApplicationScoped
public class AllocationService {

    private static final Logger LOG = Logger.getLogger(AllocationService.class);

    private final AllocationMoves moves;
    private final RestoredMoves restored;
    private final AllocationStore store;
    private final PeerLimits limits;
    private final ExchangeStore exchanges;
    private final Dispatch dispatch;

    AllocationService(
            AllocationMoves moves,
            RestoredMoves restored,
            AllocationStore store,
            PeerLimits limits,
            ExchangeStore exchanges,
            Dispatch dispatch) {
        this.moves = moves;
        this.restored = restored;
        this.store = store;
        this.limits = limits;
        this.exchanges = exchanges;
        this.dispatch = dispatch;
    }

    /** Locks shares of which a batch of messages speaks. */
    public Uni<Void> prepare(Tx tx, Collection<AllocationId> shares) {
        return store.lockAll(tx, shares);
    }

    /** Takes a command of a master. What another master opened, it has no say in. */
    public Uni<Void> onCommand(Tx tx, SiteId master, ShareMessage.Command command) {
        return store.lock(tx, command.allocation()).chain(found -> {
            if (!opens(master, found, command)) {
                LOG.warnf("site %s has no say in share %s", master, command.allocation());
                return exchanges.ignored(tx, master);
            }
            return excess(tx, master, found, command)
                    .chain(why -> why.isPresent()
                            ? refuse(tx, found, command, why.get())
                            : found.isPresent()
                                    ? carryOut(tx, moves.onCommand(found.get(), command, tx.now()))
                                    : onUnknown(tx, master, command));
        });
    }

    /** Of a command that was taken already nothing is decided once more, but of a probe that is over. */
    private Uni<Optional<Refusal>> excess(
            Tx tx, SiteId master, Optional<Allocation> found, ShareMessage.Command command) {
        boolean newer =
                found.map(a -> command.sequence() > a.header().shareSequence()).orElse(true);
        boolean again = command instanceof HoldShare probe
                && probe.heldFor() == HoldPurpose.PROBE
                && found.filter(a -> a instanceof Allocation.Released
                                && command.sequence() == a.header().shareSequence())
                        .isPresent();
        if ((newer || again) && command instanceof HoldShare hold) {
            return limits.excess(tx, master, hold);
        }
        return newer && command instanceof ReviseShare revise && found.orElse(null) instanceof Leased lease
                ? excess(tx, master, lease, revise)
                : Uni.createFrom().item(Optional.empty());
    }

    /** Less than it has, a master may always have. */
    private Uni<Optional<Refusal>> excess(Tx tx, SiteId master, Leased lease, ReviseShare revise) {
        AllocationSpec has = lease.booked();
        return AllocationMoves.covering(lease, revise)
                .filter(would -> !has.window().covers(would.window())
                        || would.machines() > has.machines()
                        || would.diskBytes() > has.diskBytes())
                .map(would -> limits.excess(tx, master, revise.allocation(), would, false))
                .orElseGet(() -> Uni.createFrom().item(Optional.empty()));
    }

    private Uni<Void> refuse(Tx tx, Optional<Allocation> found, ShareMessage.Command command, Refusal why) {
        return switch (command) {
            case HoldShare hold ->
                exchanges
                        .restoredIn(tx)
                        .map(Restoration::floor)
                        .chain(floor -> carryOut(tx, Optional.of(moves.refuse(found, hold, why, floor, tx.now()))));
            case ReviseShare revise -> carryOut(tx, found.map(lease -> moves.refuse((Leased) lease, revise, why)));
            case ConfirmShare confirm -> throw new IllegalArgumentException("what is held may be confirmed");
            case ReleaseShare release -> throw new IllegalArgumentException("everything may be given back");
        };
    }

    private static boolean opens(SiteId master, Optional<Allocation> found, ShareMessage.Command command) {
        boolean known =
                found.map(a -> a.header().spec().master().equals(master)).orElse(true);
        return known
                && !(command instanceof HoldShare hold && !hold.spec().master().equals(master));
    }

    private Uni<Void> onUnknown(Tx tx, SiteId master, ShareMessage.Command command) {
        return exchanges.restoredIn(tx).map(Restoration::floor).chain(floor -> {
            moves.answerUnknown(command, floor)
                    .ifPresent(answer -> dispatch.send(tx, List.of(new ToSite(master, answer))));
            return carryOut(tx, moves.begin(master, command, floor, tx.now()));
        });
    }

    /** Takes an operator's word that a share is to be given back, whatever its master believes; empty if there is no record of it. */
    public Uni<Optional<Allocation>> giveBack(Tx tx, AllocationId id) {
        return store.lock(tx, id).chain(found -> {
            Optional<Decision<Allocation>> decision = found.flatMap(a -> moves.giveBack(a, tx.now()));
            return carryOut(tx, decision)
                    .replaceWith(decision.map(Decision::next).or(() -> found));
        });
    }

    /** Has the participants give back what they may have of a share of which a restored database has no record. */
    public Uni<Allocation> giveBackUnseen(Tx tx, AllocationId id, long epoch) {
        Decision<Allocation> decision = restored.giveBack(id, id.site(), 0, Restoration.floor(epoch), tx.now());
        return carryOut(tx, Optional.of(decision)).replaceWith(decision.next());
    }

    /** Takes the news that the database was set back. */
    Uni<Void> onRestored(Tx tx, long floor) {
        return store.lockAll(tx)
                .chain(all -> Multi.createFrom()
                        .iterable(all)
                        .onItem()
                        .transformToUniAndConcatenate(
                                a -> carryOut(tx, Optional.of(restored.onRestored(a, floor, tx.now()))))
                        .collect()
                        .asList()
                        .replaceWithVoid());
    }

    /** Takes a participant's answer. */
    public Uni<Void> onEvent(Tx tx, AllocationEvent event) {
        return move(tx, event.allocation(), a -> moves.onEvent(a, event, tx.now()));
    }

    /** Does what is due for an allocation. */
    public Uni<Void> onDue(Tx tx, AllocationId id) {
        return move(tx, id, a -> moves.onDue(a, tx.now()));
    }

    private Uni<Void> move(Tx tx, AllocationId id, Function<Allocation, Optional<Decision<Allocation>>> decide) {
        return store.lock(tx, id).chain(found -> carryOut(tx, found.flatMap(decide)));
    }

    private Uni<Void> carryOut(Tx tx, Optional<Decision<Allocation>> decision) {
        if (decision.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        Allocation next = decision.get().next();
        LOG.debugf("allocation %s is %s", next.id(), next.getClass().getSimpleName());
        dispatch.send(tx, decision.get().messages());
        return store.save(tx, next);
    }
}

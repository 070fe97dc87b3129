package io.archipelago.reservation.app;

import io.archipelago.bus.Tx;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.federation.ShareMessage.HoldShare;
import io.archipelago.reservation.domain.Allocation;
import io.archipelago.reservation.domain.AllocationMoves;
import io.archipelago.reservation.domain.Decision;
import io.archipelago.reservation.domain.Outgoing.ToSite;
import io.archipelago.reservation.persistence.AllocationStore;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jboss.logging.Logger;

/** What a site does about its shares, whoever their master is. */
@ApplicationScoped
public class AllocationService {

    private static final Logger LOG = Logger.getLogger(AllocationService.class);

    private final AllocationMoves moves;
    private final AllocationStore store;
    private final Dispatch dispatch;

    AllocationService(AllocationMoves moves, AllocationStore store, Dispatch dispatch) {
        this.moves = moves;
        this.store = store;
        this.dispatch = dispatch;
    }

    /** Takes a command of a master. */
    public Uni<Void> onCommand(Tx tx, SiteId master, ShareMessage.Command command) {
        return store.lock(tx, command.allocation()).chain(found -> {
            if (found.isPresent()) {
                return carryOut(tx, moves.onCommand(found.get(), command, tx.now()));
            }
            if (command instanceof HoldShare hold) {
                return carryOut(tx, Optional.of(moves.begin(hold, tx.now())));
            }
            moves.answerUnknown(command).ifPresent(answer -> dispatch.send(tx, List.of(new ToSite(master, answer))));
            return Uni.createFrom().voidItem();
        });
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

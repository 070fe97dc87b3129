package io.archipelago.participant.app;

import io.archipelago.bus.BusConfig;
import io.archipelago.bus.Tx;
import io.archipelago.bus.protocol.Part;
import io.archipelago.bus.protocol.PartDecision;
import io.archipelago.bus.protocol.PartView;
import io.archipelago.bus.protocol.ParticipantProtocol;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.allocation.AllocationCommand.ConfirmAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.DeployAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ReleaseAllocation;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.participant.persistence.PartStore;
import io.archipelago.participant.persistence.PartStore.Reach;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a participant does about commands, observations and deadlines of its parts. */
@ApplicationScoped
public class ParticipantService {

    private final ParticipantProtocol protocol;
    private final PartStore store;
    private final HostKeys keys;
    private final String service;

    ParticipantService(ParticipantProtocol protocol, PartStore store, HostKeys keys, BusConfig bus) {
        this.protocol = protocol;
        this.store = store;
        this.keys = keys;
        this.service = bus.service();
    }

    /** Takes a command of the site's reservation-service. */
    public Uni<Void> onCommand(Tx tx, AllocationCommand command) {
        if (command instanceof HoldAllocation hold && !protocol.books(hold)) {
            return Uni.createFrom().voidItem();
        }
        Function<PartView, PartDecision> decide = view -> protocol.onCommand(command, view, tx.now());
        Reach reach = reach(command);
        return (command instanceof DeployAllocation
                        ? keys.load(tx)
                        : Uni.createFrom().voidItem())
                .chain(() -> store.view(tx, command.allocation(), reach, window(command)))
                .chain(view -> {
                    PartDecision decision = decide.apply(view);
                    return reach == Reach.WINDOW && decision.next() instanceof Part.Refused
                            // Only a refusal needs to see beyond the window: it tells when it would fit.
                            ? store.view(tx, command.allocation(), Reach.ALL, null)
                                    .chain(all -> carryOut(tx, command.allocation(), all, decide.apply(all)))
                            : carryOut(tx, command.allocation(), view, decision);
                });
    }

    /** Takes what an agent saw of a resource of ours. */
    public Uni<Void> onObserved(Tx tx, ResourceObserved observed) {
        AllocationId allocation = observed.key().allocation();
        return store.view(tx, allocation, Reach.NONE, null)
                .chain(view -> carryOut(tx, allocation, view, protocol.onObserved(observed, view, tx.now())));
    }

    /** Looks at which of a part's hosts are down; see {@link ParticipantProtocol#onHosts}. */
    public Uni<Void> onHosts(Tx tx, AllocationId allocation, boolean news) {
        return store.view(tx, allocation, Reach.NONE, null)
                .chain(view -> carryOut(tx, allocation, view, protocol.onHosts(view, news)));
    }

    /** Does what is due for a part. */
    public Uni<Void> onDue(Tx tx, AllocationId allocation) {
        return store.view(tx, allocation, Reach.NONE, null)
                .chain(view -> view.part() != null && protocol.books(view.part())
                        ? keys.load(tx).chain(() -> store.view(tx, allocation, Reach.PRESENT, null))
                        : Uni.createFrom().item(view))
                .chain(view -> carryOut(tx, allocation, view, protocol.onDue(view, tx.now())));
    }

    private Uni<Void> carryOut(Tx tx, AllocationId allocation, PartView view, PartDecision decision) {
        for (Resource resource : decision.publish()) {
            tx.send(Topics.desired(resource.host()), resource.key().toString(), resource.desired());
        }
        for (Resource resource : decision.forget()) {
            tx.tombstone(Topics.desired(resource.host()), resource.key().toString());
        }
        decision.answers().forEach(answer -> tx.send(Topics.events(service), allocation.toString(), answer));
        return store.write(tx, allocation, view.part(), decision);
    }

    private static Reach reach(AllocationCommand command) {
        return switch (command) {
            case HoldAllocation hold -> Reach.WINDOW;
            case ConfirmAllocation confirm -> Reach.PRESENT;
            case DeployAllocation deploy -> Reach.PRESENT;
            case ReleaseAllocation release -> Reach.NONE;
        };
    }

    private @Nullable TimeWindow window(AllocationCommand command) {
        return command instanceof HoldAllocation hold
                ? protocol.booked(hold.spec().window())
                : null;
    }
}

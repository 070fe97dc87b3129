package io.archipelago.participant.app;

import io.archipelago.bus.DueRows;
import io.archipelago.bus.DueWork;
import io.archipelago.bus.UnitOfWork;
import io.archipelago.bus.protocol.HostProtocol;
import io.archipelago.bus.protocol.HostProtocol.Patience;
import io.archipelago.bus.protocol.ParticipantLogic;
import io.archipelago.bus.protocol.ParticipantProtocol;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.participant.ParticipantConfig;
import io.archipelago.participant.persistence.HostStore;
import io.archipelago.participant.persistence.MaintenanceStore;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Puts a participant together and lets it begin. */
@ApplicationScoped
class ParticipantStart {

    private static final Duration START_WITHIN = Duration.ofSeconds(30);

    @Produces
    @Singleton
    ParticipantProtocol protocol(ParticipantLogic logic, ParticipantConfig config) {
        return new ParticipantProtocol(
                logic,
                new ParticipantProtocol.Terms(
                        config.lead(), config.turnRound(), config.grace(), config.lookAgain(), config.tellEvery()));
    }

    @Produces
    @Singleton
    HostProtocol hostProtocol(ParticipantLogic logic, ParticipantConfig config) {
        return new HostProtocol(
                logic.name().service(), new Patience(config.lostAfter(), config.lookAgain(), config.sayAgain()));
    }

    void begin(
            @Observes StartupEvent event,
            ParticipantLogic wiredBeforeTheEventLoopNeedsIt,
            DueWork due,
            UnitOfWork unitOfWork,
            ParticipantService parts,
            HostService hosts,
            HostStore store,
            MaintenanceStore maintenance,
            ObservationService observations,
            Listening listening) {
        unitOfWork
                .inTransaction(
                        tx -> hosts.open(tx).chain(() -> observations.count(tx)).chain(() -> maintenance.count(tx)))
                .await()
                .atMost(START_WITHIN);
        due.register(
                "a part's deadline",
                new DueRows("part", "allocation", "due_at"),
                (tx, id) -> parts.onDue(tx, AllocationId.parse(id)));
        due.register(
                "a silent host",
                new DueRows("host", "id", "due_at"),
                (tx, id) -> listening.to(new HostId(id)).chain(is -> hosts.onDue(tx, new HostId(id), is)));
        due.register(
                "a maintenance that is over",
                new DueRows("maintenance", "host", "due_at"),
                (tx, id) -> Uni.createFrom().voidItem().invoke(() -> maintenance.open(tx, new HostId(id))));
        due.register(
                "a booking that can not stay",
                new DueRows("displaced", "allocation", "due_at"),
                (tx, id) -> parts.onDisplaced(tx, AllocationId.parse(id)));
        due.register(
                "a part whose host has changed",
                new DueRows("host_change", "host || '/' || allocation || '/' || news", "due_at"),
                (tx, id) -> {
                    String[] names = id.split("/");
                    HostId host = new HostId(names[0]);
                    AllocationId allocation = AllocationId.parse(names[1]);
                    boolean news = Boolean.parseBoolean(names[2]);
                    return parts.onHosts(tx, allocation, news).chain(() -> store.looked(tx, host, allocation, news));
                });
    }
}

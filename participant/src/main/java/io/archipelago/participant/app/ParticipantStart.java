package io.archipelago.participant.app;

import io.archipelago.bus.DueRows;
import io.archipelago.bus.DueWork;
import io.archipelago.bus.UnitOfWork;
import io.archipelago.bus.protocol.ParticipantLogic;
import io.archipelago.bus.protocol.ParticipantProtocol;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.participant.ParticipantConfig;
import io.quarkus.runtime.StartupEvent;
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

    void begin(
            @Observes StartupEvent event,
            ParticipantLogic wiredBeforeTheEventLoopNeedsIt,
            DueWork due,
            UnitOfWork unitOfWork,
            ParticipantService parts,
            HostService hosts) {
        unitOfWork.inTransaction(hosts::open).await().atMost(START_WITHIN);
        due.register(
                "a part's deadline",
                new DueRows("part", "allocation", "due_at"),
                (tx, id) -> parts.onDue(tx, AllocationId.parse(id)));
        due.register(
                "a silent host",
                new DueRows("host", "id", "silent_at"),
                (tx, id) -> hosts.onSilent(tx, new HostId(id)));
    }
}

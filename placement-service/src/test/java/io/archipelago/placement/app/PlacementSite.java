package io.archipelago.placement.app;

import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.participant.app.HostService;
import io.archipelago.participant.app.ObservationService;
import io.archipelago.participant.app.ParticipantService;
import io.archipelago.testkit.ParticipantFixture;
import jakarta.enterprise.context.ApplicationScoped;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Placement at a site where nobody has said anything yet. */
@ApplicationScoped
class PlacementSite {

    private final UnitOfWork unitOfWork;
    private final ParticipantService parts;
    private final HostService hosts;
    private final ObservationService observations;
    private final DataSource database;
    private final String broker;

    PlacementSite(
            UnitOfWork unitOfWork,
            ParticipantService parts,
            HostService hosts,
            ObservationService observations,
            DataSource database,
            @ConfigProperty(name = "kafka.bootstrap.servers") String broker) {
        this.unitOfWork = unitOfWork;
        this.parts = parts;
        this.hosts = hosts;
        this.observations = observations;
        this.database = database;
        this.broker = broker;
    }

    /** To be closed after the test. */
    ParticipantFixture open() {
        return new ParticipantFixture(
                Participant.PLACEMENT,
                database,
                broker,
                command -> unitOfWork.inTransaction(tx -> parts.onCommand(tx, command)),
                message -> unitOfWork.inTransaction(tx -> switch (message) {
                    case ResourceObserved observed -> observations.onObserved(tx, observed);
                    case HostHeartbeat heartbeat -> hosts.onHeartbeat(tx, heartbeat);
                }));
    }
}

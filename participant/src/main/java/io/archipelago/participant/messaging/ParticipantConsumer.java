package io.archipelago.participant.messaging;

import io.archipelago.bus.BusConfig;
import io.archipelago.bus.Inbox;
import io.archipelago.bus.Tx;
import io.archipelago.bus.protocol.ParticipantLogic;
import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.host.HostEvent;
import io.archipelago.contracts.host.HostMessage;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.participant.ParticipantMetrics;
import io.archipelago.participant.app.HostService;
import io.archipelago.participant.app.ObservationService;
import io.archipelago.participant.app.ParticipantService;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/** Everything that a participant reads. */
@ApplicationScoped
public class ParticipantConsumer {

    private static final Logger LOG = Logger.getLogger(ParticipantConsumer.class);

    private final Inbox inbox;
    private final ParticipantService parts;
    private final HostService hosts;
    private final ObservationService things;
    private final ParticipantMetrics metrics;
    private final String consumer;
    private final List<String> othersKeys;
    private final Inbox.Handler commands = Inbox.Handler.prepared(this::prepareCommands, this::command);
    private final Inbox.Handler hostEvents = Inbox.Handler.prepared(this::prepareHostEvents, this::hostEvent);
    private final Inbox.Handler observations = Inbox.Handler.prepared(this::prepareObservations, this::observation);

    ParticipantConsumer(
            Inbox inbox,
            ParticipantService parts,
            HostService hosts,
            ObservationService things,
            ParticipantLogic logic,
            ParticipantMetrics metrics,
            BusConfig bus) {
        this.inbox = inbox;
        this.parts = parts;
        this.hosts = hosts;
        this.things = things;
        this.metrics = metrics;
        this.consumer = bus.service();
        this.othersKeys = Arrays.stream(ResourceKind.values())
                .filter(kind -> kind.owner() != logic.name())
                .map(kind -> kind.wireName() + "/")
                .toList();
        inbox.register(consumer, Topics.ALLOCATION_COMMANDS, commands);
        inbox.register(consumer, Topics.HOST_EVENTS, hostEvents);
    }

    @Incoming("allocation-commands")
    Uni<Void> commands(ConsumerRecords<String, String> batch) {
        return inbox.apply(consumer, batch, commands);
    }

    @Incoming("observed")
    Uni<Void> observations(ConsumerRecords<String, String> batch) {
        return inbox.applyLatest(consumer, batch, this::concerns, this::mayStand, observations);
    }

    /** Every host reports to every participant: what is another's is most of what comes. */
    private boolean concerns(String key) {
        return othersKeys.stream().noneMatch(key::startsWith);
    }

    @Incoming("host-events")
    Uni<Void> hostEvents(ConsumerRecords<String, String> batch) {
        return inbox.apply(consumer, batch, hostEvents);
    }

    private Uni<Void> prepareCommands(Tx tx, List<Envelope> envelopes) {
        return parts.prepare(tx, messages(envelopes, AllocationCommand.class));
    }

    private Uni<Void> command(Tx tx, Envelope envelope) {
        return parts.onCommand(tx, (AllocationCommand) envelope.message());
    }

    private Uni<Void> prepareHostEvents(Tx tx, List<Envelope> envelopes) {
        return hosts.prepare(
                tx,
                messages(envelopes, HostEvent.class).stream()
                        .map(HostEvent::host)
                        .toList());
    }

    private Uni<Void> hostEvent(Tx tx, Envelope envelope) {
        return hosts.onEvent(tx, (HostEvent) envelope.message());
    }

    /** An agent may write only the topics of its own hosts: of any other host it says nothing that counts. */
    private boolean mayStand(String topic, Envelope envelope) {
        if (!(envelope.message() instanceof HostMessage said)) {
            // It fails when it is handled, and is told of then.
            return true;
        }
        boolean may = topic.equals(Topics.observed(said.host()));
        if (!may) {
            metrics.notTheirs();
            LOG.errorf("who writes %s speaks of host %s: not taken", topic, said.host());
        }
        return may;
    }

    private Uni<Void> prepareObservations(Tx tx, List<Envelope> envelopes) {
        return hosts.prepareHeartbeats(tx, messages(envelopes, HostHeartbeat.class))
                .chain(() -> things.prepare(tx, messages(envelopes, ResourceObserved.class)));
    }

    private Uni<Void> observation(Tx tx, Envelope envelope) {
        return switch ((HostMessage) envelope.message()) {
            case ResourceObserved observed -> things.onObserved(tx, observed);
            case HostHeartbeat heartbeat -> hosts.onHeartbeat(tx, heartbeat);
        };
    }

    private static <T> List<T> messages(List<Envelope> envelopes, Class<T> type) {
        return envelopes.stream()
                .map(Envelope::message)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }
}

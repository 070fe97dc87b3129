package io.archipelago.simulation;

import io.archipelago.contracts.host.ResourceKey;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Sends what committed: of one key the next row only after the one before was acknowledged and deleted. A crash between the two sends again; a
 * relay that was thought dead may send late what another has sent since.
 */
final class Relay {

    private final Service service;
    private final Set<Lane.Id> sending = new HashSet<>();
    private int run;

    Relay(Service service) {
        this.service = service;
    }

    /** Rows of a transaction that commits. */
    void accept(List<Posted> rows) {
        for (Posted row : rows) {
            service.world().storable(row);
            Lane.Id id = new Lane.Id(row.topic(), row.key());
            service.database()
                    .outbox
                    .computeIfAbsent(id, i -> new ArrayDeque<>())
                    .add(row);
            wake(id);
        }
    }

    void crash() {
        run++;
        sending.clear();
    }

    void restart() {
        service.database().outbox.keySet().forEach(this::wake);
    }

    private void wake(Lane.Id id) {
        if (service.isUp() && sending.add(id)) {
            int current = run;
            service.world().scheduler().after(service.world().latency(), () -> send(id, current));
        }
    }

    private void send(Lane.Id id, int current) {
        ArrayDeque<Posted> rows = service.database().outbox.get(id);
        if (current != run || rows == null) {
            return;
        }
        Posted row = rows.peek();
        if (row == null) {
            sending.remove(id);
            return;
        }
        World world = service.world();
        boolean specification = row.key() instanceof ResourceKey && row.message() != null;
        if (specification && world.hostsFail() && !world.calm() && world.dice().chance(0.02)) {
            world.tell(service, () -> "what is wanted on a host is lost: " + row.summary());
        } else if (!world.broken(Mutation.RELAY_LOSES) || !world.dice().chance(0.03)) {
            service.site().broker().append(row);
        }
        if (!world.calm()) {
            haunt(row);
        }
        world.scheduler().after(world.dice().between(20, 500), () -> delete(id, row, current));
    }

    /** What two relays at once, or a command that was asked again, may bring about. */
    private void haunt(Posted row) {
        World world = service.world();
        Broker broker = service.site().broker();
        boolean toHost = row.key() instanceof ResourceKey;
        if (toHost ? world.strays() && world.dice().chance(0.03) : world.dice().chance(0.01)) {
            world.tell(service, () -> "relay sends late, once more: " + row.summary());
            long late = toHost ? 20 * Scheduler.MINUTE : Scheduler.MINUTE;
            world.scheduler().after(world.dice().between(1_000, late), () -> broker.append(row));
        }
        if (row.stream() == null && world.dice().chance(0.01)) {
            Posted again = new Posted(world.newMessageId(), row.topic(), row.key(), null, row.message());
            world.scheduler().after(world.dice().between(1_000, 2 * Scheduler.MINUTE), () -> {
                if (Overtaken.is(service.site(), again.message())) {
                    world.tell(service, () -> "says again what is overtaken: " + again.summary());
                    broker.append(again);
                }
            });
        }
    }

    private void delete(Lane.Id id, Posted row, int current) {
        ArrayDeque<Posted> rows = service.database().outbox.get(id);
        if (current != run || rows == null) {
            return;
        }
        if (rows.peek() == row) {
            rows.poll();
        }
        send(id, current);
    }
}

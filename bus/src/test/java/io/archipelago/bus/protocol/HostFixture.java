package io.archipelago.bus.protocol;

import static io.archipelago.bus.protocol.ProtocolFixture.NOON;

import io.archipelago.bus.protocol.HostProtocol.Patience;
import io.archipelago.bus.protocol.HostRecord.Death;
import io.archipelago.bus.protocol.HostRecord.State;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.HostDead;
import io.archipelago.contracts.host.HostDead.Cause;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.HostMessage.Inventory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A host that was last heard at noon, and what may come of it. */
final class HostFixture {

    static final HostId HOST = new HostId("tokyo-c01");
    static final Duration EVERY = Duration.ofSeconds(5);
    static final Patience PATIENCE = new Patience(Duration.ofSeconds(60), Duration.ofSeconds(2), Duration.ofMinutes(1));
    static final Instant SUSPECT_AT = NOON.plusSeconds(15);
    static final Instant LOST_AT = NOON.plusSeconds(60);

    /** The last heartbeat that was heard. */
    static final long EPOCH = 3;

    static final long COUNTER = 40;

    private HostFixture() {}

    static HostProtocol protocol() {
        return new HostProtocol("storage", PATIENCE);
    }

    static Inventory inventory(String machine) {
        return new Inventory(
                machine,
                Set.of(HostRole.COMPUTE),
                4,
                8,
                Map.of(),
                "",
                0,
                "",
                Map.of(),
                "key",
                Map.of(),
                Map.of(),
                List.of());
    }

    static HostHeartbeat heartbeat(String machine, long counter, int leftovers) {
        return new HostHeartbeat(HOST, EPOCH, counter, NOON, EVERY, inventory(machine), Map.of(), leftovers);
    }

    static HostHeartbeat next(int leftovers) {
        return heartbeat("machine", COUNTER + 1, leftovers);
    }

    static HostDead dead(Cause cause, long counter) {
        return new HostDead(HOST, EPOCH, counter, cause, LOST_AT, "storage");
    }

    static HostRecord alive() {
        HostRecord first = Objects.requireNonNull(protocol()
                .onHeartbeat(null, heartbeat("machine", COUNTER, 0), true, NOON)
                .next());
        return first;
    }

    static HostRecord suspect() {
        return after(protocol().onDue(alive(), true, null, SUSPECT_AT));
    }

    /** Lost, and due at once. */
    static HostRecord lost() {
        return after(protocol().onDue(suspect(), true, null, LOST_AT));
    }

    static HostRecord fenced() {
        return after(protocol().onDue(lost(), true, new Fence(2, 2), LOST_AT));
    }

    static HostRecord declared() {
        return after(protocol().declareDead(lost(), "oscar", LOST_AT).orElseThrow());
    }

    /** Fenced, and heard again before it has cleaned up. */
    static HostRecord barred() {
        return after(protocol().onHeartbeat(fenced(), next(1), true, LOST_AT));
    }

    /** The same, and silent again. */
    static HostRecord barredAndSuspect() {
        HostRecord barred = barred();
        return after(protocol().onDue(barred, true, null, Objects.requireNonNull(barred.due())));
    }

    static HostRecord after(HostDecision decision) {
        return Objects.requireNonNull(decision.next());
    }

    static Death death(HostRecord record) {
        return Objects.requireNonNull(record.death());
    }

    /** A decision in the words of docs/messages.md. */
    static String words(HostDecision decision) {
        HostRecord next = decision.next();
        if (next == null) {
            return "nothing";
        }
        StringBuilder words = new StringBuilder(decision.say() == null ? "" : "`host.dead` ");
        words.append("→ ").append(name(next));
        words.append(decision.pools() ? ", pools" : "");
        words.append(
                switch (decision.parts()) {
                    case LEFT_ALONE -> "";
                    case LOOKED_AT -> ", parts looked at";
                    case TOLD -> ", parts told";
                });
        return words.append(next.second() == null ? "" : ", reported").toString();
    }

    static String name(@Nullable HostRecord record) {
        if (record == null) {
            return "(unknown)";
        }
        Death death = record.death();
        if (death == null) {
            return record.state().name();
        }
        return record.state() == State.LOST ? "dead(" + death.cause() + ")" : record.state() + ", barred";
    }
}

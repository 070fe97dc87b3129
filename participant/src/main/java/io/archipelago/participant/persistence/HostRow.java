package io.archipelago.participant.persistence;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.wire.Json;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** What was last heard of a host. */
@Entity
@Table(name = "host")
@NullUnmarked
public class HostRow {

    /** Heartbeats that may fail to come before a host is suspect. */
    private static final int SUSPECT_AFTER = 3;

    @Id
    String id;

    long epoch;

    long counter;

    @JdbcTypeCode(SqlTypes.JSON)
    String inventory;

    @Column(name = "heard_at")
    Instant heardAt;

    @Column(name = "silent_at")
    @Nullable
    Instant silentAt;

    String state;

    boolean dead;

    /** Whether a host is heard of. */
    public enum State {
        ALIVE,
        /** A few heartbeats are missing. */
        SUSPECT,
        /** It has been silent for long; what ran there is not started elsewhere before it is fenced. */
        LOST
    }

    public HostId host() {
        return new HostId(id);
    }

    public Inventory inventory() {
        return Json.read(inventory, Inventory.class);
    }

    public State state() {
        return State.valueOf(state);
    }

    public Instant heardAt() {
        return heardAt;
    }

    public boolean dead() {
        return dead;
    }

    /** Whether its pools take new bookings. */
    public boolean open() {
        return state() == State.ALIVE && !dead;
    }

    boolean olderThan(HostHeartbeat heartbeat) {
        return heartbeat.epoch() > epoch || heartbeat.epoch() == epoch && heartbeat.counter() > counter;
    }

    void take(HostHeartbeat heartbeat, Instant now) {
        id = heartbeat.host().value();
        epoch = heartbeat.epoch();
        counter = heartbeat.counter();
        inventory = Json.write(heartbeat.inventory());
        heardAt = now;
        silentAt = now.plus(heartbeat.every().multipliedBy(SUSPECT_AFTER));
        state = State.ALIVE.name();
    }

    void fallSilent(Instant now, Duration lostAfter) {
        Instant lostAt = heardAt.plus(lostAfter);
        boolean lost = !now.isBefore(lostAt);
        state = (lost ? State.LOST : State.SUSPECT).name();
        silentAt = lost ? null : lostAt;
    }
}

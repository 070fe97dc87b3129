package io.archipelago.participant.persistence;

import io.archipelago.bus.protocol.HostRecord;
import io.archipelago.contracts.Ids.HostId;
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

/** A {@link HostRecord} as a row. */
@Entity
@Table(name = "host")
@NullUnmarked
public class HostRow {

    @Id
    String id;

    long epoch;

    long counter;

    @Column(name = "machine_id")
    String machineId;

    @JdbcTypeCode(SqlTypes.JSON)
    String inventory;

    String every;

    @Column(name = "heard_at")
    Instant heardAt;

    @Column(name = "counted_from")
    Instant countedFrom;

    String state;

    boolean dead;

    @JdbcTypeCode(SqlTypes.JSON)
    @Nullable
    String death;

    @JdbcTypeCode(SqlTypes.JSON)
    @Nullable
    String second;

    String note;

    @Column(name = "due_at")
    @Nullable
    Instant dueAt;

    HostRecord record() {
        return new HostRecord(
                new HostId(id),
                epoch,
                counter,
                Json.read(inventory, Inventory.class),
                Duration.parse(every),
                heardAt,
                countedFrom,
                HostRecord.State.valueOf(state),
                death == null ? null : Json.read(death, HostRecord.Death.class),
                second == null ? null : Json.read(second, HostRecord.Second.class),
                note,
                dueAt);
    }

    void take(HostRecord host) {
        id = host.host().value();
        epoch = host.epoch();
        counter = host.counter();
        machineId = host.inventory().machineId();
        inventory = Json.write(host.inventory());
        every = host.every().toString();
        heardAt = host.heardAt();
        countedFrom = host.countedFrom();
        state = host.state().name();
        dead = host.dead();
        death = host.death() == null ? null : Json.write(host.death());
        second = host.second() == null ? null : Json.write(host.second());
        note = host.note();
        dueAt = host.due();
    }
}

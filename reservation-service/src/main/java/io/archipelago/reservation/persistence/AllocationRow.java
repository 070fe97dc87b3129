package io.archipelago.reservation.persistence;

import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.reservation.domain.Allocation;
import io.archipelago.reservation.domain.Leased;
import io.archipelago.wire.Json;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** An {@link Allocation} as a row. */
@Entity
@Table(name = "allocation")
@NullUnmarked
public class AllocationRow {

    @Id
    String id;

    String master;

    String state;

    @JdbcTypeCode(SqlTypes.JSON)
    String body;

    @Column(name = "due_at")
    @Nullable
    Instant dueAt;

    @Column(name = "changed_at")
    Instant changedAt;

    @Column(name = "releasing_since")
    @Nullable
    Instant releasingSince;

    @Column(name = "starts_at")
    Instant startsAt;

    @Column(name = "ends_at")
    Instant endsAt;

    int machines;

    @Column(name = "volume_bytes")
    long volumeBytes;

    /** Whether its master has it here: what is given back without having been on hosts is not waited for. */
    boolean counted;

    @Column(name = "held_until")
    @Nullable
    Instant heldUntil;

    /** Whether it is held for an offer. */
    boolean offered;

    /** Whether it was only asked whether it would be held: then it is of no use any more. */
    boolean probed;

    Allocation allocation() {
        return Json.read(body, Allocation.class);
    }

    void take(Allocation allocation, Instant now) {
        id = allocation.id().toString();
        master = allocation.header().spec().master().value();
        state = allocation.getClass().getSimpleName();
        body = Json.writeAs(Allocation.class, allocation);
        dueAt = allocation.due();
        changedAt = now;
        AllocationSpec spec = allocation instanceof Leased lease
                ? lease.booked()
                : allocation.header().spec();
        startsAt = spec.window().start();
        endsAt = spec.window().end();
        machines = spec.machines();
        volumeBytes = spec.diskBytes();
        counted = switch (allocation) {
            case Allocation.Released released -> false;
            case Allocation.Forgotten forgotten -> false;
            case Allocation.Releasing releasing -> releasing.deployed();
            case Allocation.Holding holding -> holding.purpose() != HoldPurpose.PROBE;
            default -> true;
        };
        heldUntil = switch (allocation) {
            case Allocation.Holding holding -> holding.giveUpAt();
            case Allocation.Held held -> held.until();
            default -> null;
        };
        // Who holds it for an offer has said so when that began.
        offered = allocation instanceof Allocation.Holding holding
                ? holding.purpose() == HoldPurpose.OFFER
                : offered && allocation instanceof Allocation.Held;
        probed = allocation instanceof Allocation.Released released && released.probed();
        if (!(allocation instanceof Allocation.Releasing)) {
            releasingSince = null;
        } else if (releasingSince == null) {
            releasingSince = now;
        }
    }
}

package io.archipelago.participant.persistence;

import io.archipelago.bus.protocol.Resource;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.wire.Json;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** A {@link Resource} as a row. */
@Entity
@Table(name = "resource")
@IdClass(ResourceRow.Ref.class)
@NullUnmarked
public class ResourceRow {

    @Id
    String host;

    @Id
    String key;

    String allocation;

    String name;

    long generation;

    boolean absent;

    boolean forgotten;

    @Column(name = "not_after")
    @Nullable
    Instant notAfter;

    @JdbcTypeCode(SqlTypes.JSON)
    String spec;

    String phase;

    String reason;

    boolean cleared;

    long epoch;

    long counter;

    @Column(name = "changed_at")
    Instant changedAt;

    /** Which row. */
    public record Ref(String host, String key) {}

    public Resource resource() {
        return new Resource(
                new HostId(host),
                ResourceKey.parse(key),
                name,
                generation,
                absent,
                notAfter,
                Json.read(spec, ResourceSpec.class),
                Phase.valueOf(phase),
                reason,
                cleared,
                epoch,
                counter);
    }

    void take(Resource resource, Instant now) {
        host = resource.host().value();
        key = resource.key().toString();
        allocation = resource.allocation().toString();
        name = resource.name();
        if (generation != resource.generation()) {
            changedAt = now;
            forgotten = false;
        }
        generation = resource.generation();
        absent = resource.absent();
        notAfter = resource.notAfter();
        spec = Json.writeAs(ResourceSpec.class, resource.spec());
        phase = resource.phase().name();
        reason = resource.reason();
        cleared = resource.cleared();
        epoch = resource.epoch();
        counter = resource.counter();
    }
}

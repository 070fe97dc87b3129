package io.archipelago.bus;

import io.archipelago.wire.Json;
import io.smallrye.mutiny.Uni;
import java.util.List;
import org.hibernate.reactive.mutiny.Mutiny;

/** Writes the rows that the relay reads. */
final class Outbox {

    // One statement whatever the number of rows; its order gives the ids their order.
    private static final String INSERT = """
            insert into outbox (topic, key, ordering_key, payload, headers)
            select line ->> 'topic', line ->> 'key', line ->> 'orderingKey', line ->> 'payload', line -> 'headers'
            from jsonb_array_elements(cast(cast(:rows as text) as jsonb)) with ordinality as lines (line, number)
            order by number
            """;

    private Outbox() {}

    static Uni<Void> write(Mutiny.Session session, List<OutboxRow> rows) {
        if (rows.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return session.createNativeQuery(INSERT)
                .setParameter("rows", Json.write(rows))
                .executeUpdate()
                .replaceWithVoid();
    }
}

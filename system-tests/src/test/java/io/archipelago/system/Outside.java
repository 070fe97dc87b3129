package io.archipelago.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.local.RunningStack;
import io.archipelago.local.ServiceKind;
import io.archipelago.local.Site;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** What must always hold, looked at from the outside: the databases, the simulated hosts, the topics. */
final class Outside {

    static final List<ServiceKind> PARTICIPANTS =
            List.of(ServiceKind.PLACEMENT, ServiceKind.NETWORK, ServiceKind.STORAGE, ServiceKind.CACHE);

    private static final String BOOKED_TWICE = """
            select a.pool || ' ' || a.unit from booking a join booking b
                on b.pool = a.pool and b.unit = a.unit and b.id > a.id and b.during && a.during
            """;

    /** What is booked can only rise where a booking starts. */
    private static final String BEYOND_CAPACITY = """
            select p.id || ' ' || most.key from pool p
            cross join lateral jsonb_each_text(p.capacity) most
            join booking at on at.pool = p.id
            where (select sum((b.amounts ->> most.key)::bigint) from booking b
                   where b.pool = p.id and b.during @> lower(at.during)) > most.value::bigint
            """;

    private Outside() {}

    /** At no time more is booked than there is. */
    static void assertBookingsAreLawful(RunningStack stack) throws SQLException, IOException {
        for (Site site : stack.stack().sites()) {
            for (ServiceKind participant : PARTICIPANTS) {
                String where = site.id() + " " + participant.id();
                assertThat(stack.query(site.id(), participant, BOOKED_TWICE))
                        .as(where + ": units booked twice")
                        .isEmpty();
                assertThat(stack.query(site.id(), participant, BEYOND_CAPACITY))
                        .as(where + ": beyond capacity")
                        .isEmpty();
            }
        }
    }

    /** What the topics of all hosts of a site say should be there. */
    static List<String> desired(RunningStack stack, String site) {
        return contents(stack, stack.site(site)).desired();
    }

    static BrokerContents contents(RunningStack stack, Site site) {
        return new BrokerContents(stack.stack().bootstrapServers(site));
    }
}

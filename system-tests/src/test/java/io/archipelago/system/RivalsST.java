package io.archipelago.system;

import static io.archipelago.system.Federation.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.archipelago.local.ServiceKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many want what only a few can have, of two tenants and at two masters, at the same time. */
@ExtendWith(FederationExtension.class)
class RivalsST {

    private static final int RIVALS = 12;
    /** Each wants such a volume at both sites, where there are two pools of 4096 GiB. */
    private static final String VOLUME = "2000GiB";

    private static final int FIT = 4;
    private static final Duration LONG = Duration.ofHours(1);
    private static final Set<String> DECIDED = Set.of("SCHEDULED", "REFUSED");

    /** Whoever asked, where, and for which reservation. */
    private record Rival(Person who, String master, String id) {

        String state() throws Exception {
            return who.show(master, id).body().get("state").asText();
        }
    }

    @Test
    void asManyHaveItAsFitAndAtNoTimeMore(Federation federation) throws Exception {
        Instant start = Instant.now().plus(LONG);
        Person bob = new Person(federation.stack(), "bob");
        List<Rival> rivals = ask(federation, bob, start);

        await().atMost(SOON).pollInterval(Duration.ofMillis(50)).until(() -> {
            // Not within an assertion that is tried again: it must hold every time.
            Outside.assertBookingsAreLawful(federation.stack());
            return allDecided(rivals);
        });

        List<Rival> scheduled = in("SCHEDULED", rivals);
        assertThat(scheduled.size()).as("scheduled in the race").isBetween(1, FIT);
        // Rivals that held a part each may have refused each other; who comes alone has what is left.
        while (scheduled.size() < FIT) {
            Rival late = ask(federation, federation.alice(), "tokyo", start);
            federation.awaitState(late.id, "SCHEDULED");
            scheduled.add(late);
        }
        Rival last = ask(federation, federation.alice(), "tokyo", start);
        federation.awaitState(last.id, "REFUSED");
        rivals.add(last);
        // What they were offered instead they do not want.
        for (Rival refused : in("REFUSED", rivals)) {
            federation.cancel(refused.who, refused.master, refused.id);
        }
        assertBooked(federation, scheduled);
        assertStrangersFindNothing(scheduled, federation.alice(), bob);

        for (Rival rival : scheduled) {
            federation.cancel(rival.who, rival.master, rival.id);
            federation.awaitState(rival.who, rival.master, rival.id, "CANCELLED");
        }
        federation.assertNothingIsLeft();
    }

    private static List<Rival> ask(Federation federation, Person bob, Instant start) throws Exception {
        List<Person> tenants = List.of(federation.alice(), bob);
        List<String> masters = federation.sites();
        List<Future<Rival>> asked = new ArrayList<>();
        try (ExecutorService together = Executors.newFixedThreadPool(RIVALS)) {
            for (int i = 0; i < RIVALS; i++) {
                Person who = tenants.get(i % 2);
                String master = masters.get(i / 2 % 2);
                asked.add(together.submit(() -> ask(federation, who, master, start)));
            }
        }
        List<Rival> rivals = new ArrayList<>();
        for (Future<Rival> each : asked) {
            rivals.add(each.get());
        }
        return rivals;
    }

    private static Rival ask(Federation federation, Person who, String master, Instant start) throws Exception {
        return new Rival(who, master, federation.reserve(who, master, Requests.volumes(start, LONG, VOLUME, 1, 1)));
    }

    private static boolean allDecided(List<Rival> rivals) throws Exception {
        for (Rival rival : rivals) {
            if (!DECIDED.contains(rival.state())) {
                return false;
            }
        }
        return true;
    }

    private static List<Rival> in(String state, List<Rival> rivals) throws Exception {
        List<Rival> found = new ArrayList<>();
        for (Rival rival : rivals) {
            if (rival.state().equals(state)) {
                found.add(rival);
            }
        }
        return found;
    }

    /** Those that have it have it at both sites, for good; the others have nothing anywhere. */
    private static void assertBooked(Federation federation, List<Rival> scheduled) {
        await().atMost(SOON).untilAsserted(() -> {
            for (String site : federation.sites()) {
                List<String> shares =
                        scheduled.stream().map(rival -> rival.id + "." + site).toList();
                for (ServiceKind participant :
                        List.of(ServiceKind.PLACEMENT, ServiceKind.NETWORK, ServiceKind.STORAGE)) {
                    assertThat(federation.booked(site, participant)).containsExactlyInAnyOrderElementsOf(shares);
                    assertThat(federation.leased(site, participant)).containsExactlyInAnyOrderElementsOf(shares);
                }
            }
            Outside.assertBookingsAreLawful(federation.stack());
        });
    }

    private static void assertStrangersFindNothing(List<Rival> scheduled, Person alice, Person bob) throws Exception {
        for (Rival rival : scheduled) {
            Person stranger = rival.who == alice ? bob : alice;
            assertThat(stranger.show(rival.master, rival.id).status()).isEqualTo(404);
            assertThat(stranger.cancel(rival.master, rival.id).status()).isEqualTo(404);
            assertThat(rival.state()).isEqualTo("SCHEDULED");
        }
    }
}

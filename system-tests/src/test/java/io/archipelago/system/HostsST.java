package io.archipelago.system;

import static io.archipelago.system.Federation.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.local.ServiceKind;
import io.archipelago.system.Hosts.Thing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

/** What becomes of a cluster when hosts fall silent, and of what is on hosts and should not be. All of it at osaka. */
@ExtendWith(FederationExtension.class)
class HostsST {

    private static final String SITE = "osaka";
    private static final int MACHINES = 2;
    private static final int LONG_ONES_PER_RUN = 1;
    private static final Duration LONG = Duration.ofHours(1);
    /** Long enough to become active on a busy machine. */
    private static final Duration SHORT = Duration.ofSeconds(45);

    /** What stays on hosts after the end of a lease of which their agents hear nothing: what holds data. */
    private static final Set<String> HOLD_DATA = Set.of("volume", "disk", "cache");

    @Test
    void whatIsTakenAwayUnderneathIsMadeAgain(Federation federation) throws Exception {
        Hosts hosts = federation.hosts(SITE);
        String id = federation.reserve(Requests.small(Instant.now(), LONG));
        federation.awaitState(id, "ACTIVE");
        Thing machine = hosts.running().getFirst();

        hosts.fare("SILENT", machine.host());
        hosts.lose(machine);
        assertThat(hosts.running()).hasSize(MACHINES - 1);
        hosts.fare("RUNNING", machine.host());

        await().atMost(SOON).untilAsserted(() -> assertThat(hosts.running()).hasSize(MACHINES));
        assertThat(hosts.running()).contains(machine);
        federation.cancel(id);
        federation.awaitState(id, "ENDED");
        federation.assertNothingIsLeft();
    }

    @Test
    void whatNobodyWantedStaysUntilAnOperatorSaysOtherwise(Federation federation) throws Exception {
        Hosts hosts = federation.hosts(SITE);
        String host = hosts.names().getFirst();
        String key = "segment/" + UUID.randomUUID() + "." + SITE;
        hosts.plant(host, key, "{\"type\": \"segment-spec\", \"vlan\": 4094, \"mtu\": 1400}");

        await().atMost(SOON)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(drift(federation)).anySatisfy(difference -> {
                    assertThat(difference.get("key").asText()).isEqualTo(key);
                    assertThat(difference.get("host").asText()).isEqualTo(host);
                    assertThat(difference.get("wanted").asText()).isEqualTo("UNKNOWN");
                }));
        // Others come and go meanwhile.
        String id = federation.reserve(Requests.small(Instant.now(), LONG));
        federation.awaitState(id, "ACTIVE");
        federation.cancel(id);
        federation.awaitState(id, "ENDED");
        assertThat(hosts.things()).extracting(Thing::key).containsExactly(key);

        Person.Answer said = federation
                .operator()
                .post(SITE, ServiceKind.NETWORK, "/api/v1/hosts/" + host + "/strangers/" + key + "/removal");

        assertThat(said.status()).as(said.body().toString()).isBetween(200, 204);
        federation.assertNothingIsLeft();
        await().atMost(SOON).untilAsserted(() -> assertThat(drift(federation)).isEmpty());
    }

    @TestFactory
    Stream<DynamicTest> aClusterOutlivesItsHostsAndTheyDoNotOutliveTheirLease(Federation federation) {
        return Sweep.some(
                "silences",
                List.of(
                        silence(federation, "a host loses power", HostsST::losesPower),
                        silence(federation, "all are cut off beyond the end", HostsST::cutOffBeyondTheEnd)),
                LONG_ONES_PER_RUN)
                .stream();
    }

    /** A silence to be played. */
    @FunctionalInterface
    private interface Silence {
        void play(Federation federation, Hosts hosts) throws Exception;
    }

    private static DynamicTest silence(Federation federation, String name, Silence silence) {
        Executable played = () -> {
            // What fails in the latter does not hide what failed in the former.
            try (AutoCloseable after = federation::restore) {
                silence.play(federation, federation.hosts(SITE));
            }
        };
        return DynamicTest.dynamicTest(name, played);
    }

    private static void losesPower(Federation federation, Hosts hosts) throws Exception {
        String id = federation.reserve(Requests.small(Instant.now(), LONG));
        federation.awaitState(id, "ACTIVE");
        List<Thing> before = hosts.running();
        String host = before.getFirst().host();
        List<Thing> others =
                before.stream().filter(machine -> !machine.host().equals(host)).toList();
        hosts.fare("OFF", host);

        JsonNode degraded = federation.awaitState(id, "DEGRADED");
        assertThat(degraded.get("problems").toString()).contains("its host is");
        awaitHost(federation, host, "LOST", true);
        assertThat(exportedTo(hosts, host)).as("what is still exported to it").isEmpty();
        federation.awaitState(id, "ACTIVE");
        List<Thing> after = hosts.running();
        assertThat(after).hasSameSizeAs(before).containsAll(others);
        assertThat(after)
                .filteredOn(machine -> !others.contains(machine))
                .as("what took the place of the lost")
                .allSatisfy(machine -> {
                    assertThat(machine.host()).isNotEqualTo(host);
                    assertThat(name(machine)).isNotIn(names(before));
                });
        for (String site : federation.sites()) {
            // The other site hears of them by way of the master.
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(namesToldBy(federation.hosts(site)))
                            .as("names that the gateway of " + site + " tells")
                            .containsAll(names(after)));
        }

        hosts.fare("RUNNING", host);
        awaitHost(federation, host, "ALIVE", false);
        assertThat(hosts.things()).extracting(Thing::host).doesNotContain(host);
        assertThat(hosts.running()).containsExactlyInAnyOrderElementsOf(after);
        federation.cancel(id);
        federation.awaitState(id, "ENDED");
        federation.assertNothingIsLeft();
    }

    private static void cutOffBeyondTheEnd(Federation federation, Hosts hosts) throws Exception {
        String id = federation.reserve(Requests.small(Instant.now(), SHORT));
        federation.awaitState(id, "ACTIVE");
        List<Thing> before = hosts.things();
        hosts.fare("CUT_OFF", hosts.names().toArray(String[]::new));

        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(hosts.things()).as("what hears of no end").allMatch(HostsST::holdsData));
        assertThat(hosts.things())
                .extracting(Thing::key)
                .containsExactlyInAnyOrderElementsOf(before.stream()
                        .filter(HostsST::holdsData)
                        .map(Thing::key)
                        .toList());
        federation.awaitState(id, "RELEASING");

        federation.restore();
        federation.awaitState(id, "ENDED");
        federation.assertNothingIsLeft();
    }

    private static String name(Thing machine) {
        return machine.spec().get("name").asText();
    }

    private static List<String> names(List<Thing> machines) {
        return machines.stream().map(HostsST::name).toList();
    }

    private static List<String> namesToldBy(Hosts hosts) throws Exception {
        return hosts.things("segment").stream()
                .flatMap(segment -> segment.spec().findValues("stations").stream())
                .flatMap(stations -> stations.findValuesAsText("name").stream())
                .toList();
    }

    private static boolean holdsData(Thing thing) {
        return HOLD_DATA.stream().anyMatch(thing::is);
    }

    private static List<Thing> exportedTo(Hosts hosts, String host) throws Exception {
        return hosts.things("volume").stream()
                .filter(volume -> volume.spec().path("initiator").asText().equals(host))
                .toList();
    }

    /** Waits until all participants say the same of a host. */
    private static void awaitHost(Federation federation, String host, String state, boolean dead) {
        await().atMost(SOON).ignoreExceptions().untilAsserted(() -> {
            for (ServiceKind participant : Outside.PARTICIPANTS) {
                assertThat(federation
                                .operator()
                                .get(SITE, participant, "/api/v1/hosts")
                                .body())
                        .filteredOn(each -> each.get("host").asText().equals(host))
                        .singleElement()
                        .satisfies(seen -> {
                            assertThat(seen.get("state").asText())
                                    .as(participant + ": " + seen)
                                    .isEqualTo(state);
                            assertThat(seen.get("dead").asBoolean())
                                    .as(participant + ": " + seen)
                                    .isEqualTo(dead);
                        });
            }
        });
    }

    private static JsonNode drift(Federation federation) throws Exception {
        return federation
                .operator()
                .get(SITE, ServiceKind.NETWORK, "/api/v1/drift")
                .body();
    }
}

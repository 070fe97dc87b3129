package io.archipelago.agent.drivers.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.machine.Domain.State;
import io.archipelago.agent.drivers.machine.DomainWriter.Sockets;
import io.archipelago.contracts.host.ResourceKey;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DomainQueryTest {

    private static final ResourceKey N1 = SiteFixture.machineKey("n1");
    private static final ResourceKey N2 = SiteFixture.machineKey("n2");
    private static final UUID FOREIGN = UUID.fromString("11111111-1111-4111-8111-111111111111");

    private final DomainQuery query = new DomainQuery();

    @Test
    void asksForEachAndListsAllAtTheEnd() {
        assertThat(query.commands(Set.of(FOREIGN)))
                .isEqualTo("echo archipelago-domain:%s; domstate %s --reason; dumpxml %s; "
                                .formatted(FOREIGN, FOREIGN, FOREIGN)
                        + "echo archipelago-domain:list; list --all --uuid --name");
    }

    @Test
    void tellsOursFromThoseOfOthers() throws Exception {
        String answer = told(Domain.uuid(N1), "running (booted)", definition("n1"))
                + told(Domain.uuid(N2), "\nshut off (shutdown)\n", definition("n2"))
                + told(FOREIGN, "running (booted)", "<domain><name>the database</name></domain>")
                + list(Map.of(
                        Domain.uuid(N1), Domain.name(N1), Domain.uuid(N2), Domain.name(N2), FOREIGN, "the database"));

        Listing listing = query.read(answer).orElseThrow();

        assertThat(listing.foreign()).isEqualTo(Map.of(FOREIGN, "the database"));
        assertThat(listing.ours().values())
                .extracting(domain -> domain.key() + " " + domain.state() + " " + domain.why())
                .containsExactlyInAnyOrder(N1 + " " + State.RUNNING + " booted", N2 + " " + State.OFF + " shutdown");
    }

    @Test
    void doesNotTakeADomainOfWhichNothingWasToldForSomebodyElses() throws Exception {
        String answer = told(Domain.uuid(N1), "", "") + list(Map.of(Domain.uuid(N1), Domain.name(N1)));

        assertThat(query.read(answer)).isEmpty();
        assertThat(query.listed(answer)).containsOnlyKeys(Domain.uuid(N1));
    }

    @Test
    void passesOverADomainThatHasGoneMeanwhile() throws Exception {
        String answer = told(Domain.uuid(N1), "running (booted)", definition("n1")) + list(Map.of());

        assertThat(query.read(answer).orElseThrow().ours()).isEmpty();
    }

    private static String told(UUID uuid, String state, String definition) {
        return "archipelago-domain:" + uuid + state + "\n" + definition + "\n\n";
    }

    private static String list(Map<UUID, String> names) {
        StringBuilder list = new StringBuilder("archipelago-domain:list");
        names.forEach((uuid, name) -> list.append(uuid).append(" ").append(name).append("\n"));
        return list.append("\n").toString();
    }

    private static String definition(String name) {
        Sockets sockets = new Sockets(Path.of("/dev/sda"), "8:0", "ab17", 1400, Path.of("/consoles/a.log"));
        return new DomainWriter(null)
                .write(SiteFixture.machineKey(name), MachineContract.spec(name), sockets)
                .replaceFirst("<\\?xml.*?\\?>", "");
    }
}

package io.archipelago.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.contracts.Topics;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class StackTest {

    private final Stack stack = Stack.ofTwoSites(Stack.DEFAULT_PORT_BASE);
    private final Site tokyo = stack.sites().getFirst();
    private final Site osaka = stack.sites().getLast();

    @Test
    void hasTwoSitesOfTwentyFourHosts() {
        assertThat(tokyo).isEqualTo(new Site("tokyo", 1));
        assertThat(osaka).isEqualTo(new Site("osaka", 2));
        assertThat(tokyo.hosts())
                .hasSize(24)
                .contains("tokyo-c01", "tokyo-c20", "tokyo-g1", "tokyo-g2", "tokyo-s1", "tokyo-s2")
                .doesNotHaveDuplicates();
    }

    @Test
    void givesEveryProcessAPortOfItsOwn() {
        assertThat(new HashSet<>(stack.ports())).hasSameSizeAs(stack.ports());
        assertThat(stack.postgresPort()).isEqualTo(18_000);
        assertThat(stack.servicePort(tokyo, ServiceKind.RESERVATION)).isEqualTo(18_110);
        assertThat(stack.servicePort(osaka, ServiceKind.CACHE)).isEqualTo(18_214);
    }

    @Test
    void refusesAPortBaseThatLeavesNoRoom() {
        assertThatThrownBy(() -> Stack.ofTwoSites(65_400))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("VC_PORT_BASE must be from 1024 to 65315, not 65400");
        assertThatThrownBy(() -> Stack.ofTwoSites(80)).hasMessageContaining("VC_PORT_BASE");
    }

    @Test
    void namesDatabasesAfterSiteAndService() {
        assertThat(Stack.database(tokyo, ServiceKind.PLACEMENT)).isEqualTo("tokyo_placement");
        assertThat(stack.jdbcUrl("tokyo_placement")).isEqualTo("jdbc:postgresql://127.0.0.1:18000/tokyo_placement");
    }

    @Test
    void hasEveryTopicOfServicesPeersAndHosts() {
        List<String> names = stack.topics(tokyo).stream().map(TopicSpec::name).toList();

        assertThat(names)
                .doesNotHaveDuplicates()
                .containsAll(Topics.ofServices())
                .contains(
                        "federation.to.osaka.v1",
                        "federation.to.tokyo.v1",
                        "host.tokyo-c01.desired.v1",
                        "host.tokyo-s2.observed.v1")
                .doesNotContain("host.osaka-c01.desired.v1");
    }

    @Test
    void keepsWhatMustStayInOrderOnOnePartition() {
        assertThat(stack.topics(tokyo)).allSatisfy(topic -> {
            boolean ofOneHost =
                    topic.name().startsWith("host.") && !topic.name().equals(Topics.HOST_EVENTS);
            boolean single = ofOneHost || topic.name().startsWith("federation.");
            assertThat(topic.partitions()).as(topic.name()).isEqualTo(single ? 1 : 4);
            assertThat(topic.compacted()).as(topic.name()).isEqualTo(ofOneHost);
        });
    }

    @Test
    void refusesSitesThatCannotBe() {
        assertThatThrownBy(() -> new Site("Tokyo", 1)).hasMessageContaining("Tokyo");
        assertThatThrownBy(() -> new Site("tokyo", 256)).hasMessageContaining("256");
    }
}

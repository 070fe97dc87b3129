package io.archipelago.agent.host;

import static io.archipelago.agent.SiteFixture.COMPUTE;
import static io.archipelago.agent.SiteFixture.GATEWAY;
import static io.archipelago.agent.SiteFixture.SECOND;
import static io.archipelago.agent.SiteFixture.STORAGE;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.agent.AgentFixture;
import io.archipelago.agent.SiteFixture;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;

/**
 * Whatever is wanted, lost, broken, crashed and switched off, in whatever order: once things are left alone, every host looks as it was
 * last desired, its agent says so, and nobody ever tried what no site may try.
 */
class ConvergenceTest {

    private static final List<HostId> HOSTS = List.of(COMPUTE, SECOND, GATEWAY, STORAGE);

    @Property(tries = 300, shrinking = ShrinkingMode.OFF)
    void everyHistoryEndsAsDesired(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int steps) {
        Random random = new Random(seed);
        SiteFixture site = new SiteFixture(seed);
        Owners owners = new Owners(site, random);
        site.caughtUp();
        for (int i = 0; i < steps; i++) {
            befall(site, owners, random);
            owners.listen();
        }

        leaveAlone(site, owners);

        for (HostId host : HOSTS) {
            Map<ResourceKey, ResourceSpec> there = new HashMap<>();
            site.host(host).things(site.now()).forEach((key, thing) -> there.put(key, thing.spec()));
            Map<ResourceKey, ResourceSpec> wanted = new HashMap<>();
            for (DesiredResource each : owners.wanted(host).values()) {
                if (!each.absent()) {
                    wanted.put(each.key(), each.spec());
                }
            }
            assertThat(there).as("%s", host).isEqualTo(wanted);
        }
        assertThat(owners.isSettled()).as("the agents have said so").isTrue();
        assertThat(site.site().violations()).isEmpty();
    }

    private static void befall(SiteFixture site, Owners owners, Random random) {
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> owners.want(1 + random.nextInt(3), random.nextInt(3) > 0, 1400 + random.nextInt(2));
            case 3, 4, 5 -> owners.deliver(1 + random.nextInt(12));
            case 6 -> site.pass(Duration.ofMillis(random.nextInt(1000)));
            case 7 -> site.pass(Duration.ofSeconds(random.nextInt(20)));
            case 8 -> restart(any(site, random), random);
            case 9 -> lose(site, random);
            case 10 -> {
                site.latency(Duration.ofMillis(random.nextInt(3) * 250L));
                site.site().setFaultRate(random.nextInt(3) * 0.2);
            }
            default -> cutPower(site, HOSTS.get(random.nextInt(HOSTS.size())), random);
        }
    }

    private static AgentFixture any(SiteFixture site, Random random) {
        return site.agent(HOSTS.get(random.nextInt(HOSTS.size())));
    }

    private static void restart(AgentFixture agent, Random random) {
        agent.crash();
        HostAgent started = agent.start();
        if (random.nextInt(3) == 0) {
            started.brokerUnreachable();
        } else {
            agent.caughtUp();
        }
    }

    private static void lose(SiteFixture site, Random random) {
        HostId host = HOSTS.get(random.nextInt(HOSTS.size()));
        List<ResourceKey> keys = List.copyOf(site.host(host).things(site.now()).keySet());
        if (!keys.isEmpty()) {
            site.host(host).lose(keys.get(random.nextInt(keys.size())));
        }
    }

    private static void cutPower(SiteFixture site, HostId host, Random random) {
        AgentFixture agent = site.agent(host);
        agent.crash();
        site.host(host).cutPower(site.now());
        site.pass(Duration.ofSeconds(random.nextInt(5)));
        site.host(host).restorePower();
        restart(agent, random);
    }

    private static void leaveAlone(SiteFixture site, Owners owners) {
        site.site().setFaultRate(0);
        for (HostId host : HOSTS) {
            site.agent(host).caughtUp();
        }
        for (int i = 0; i < 20; i++) {
            owners.deliverAll();
            site.pass(Duration.ofSeconds(35));
            owners.listen();
            if (owners.isSettled() && i > 2) {
                return;
            }
        }
    }
}

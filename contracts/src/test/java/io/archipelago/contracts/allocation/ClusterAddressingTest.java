package io.archipelago.contracts.allocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterAddressingTest {

    private static final ReservationId CLUSTER = ReservationId.parse("019357a0-0000-7000-8000-00000000beef");

    @Test
    void givesNamesAndAddressesInTheDefaultNetwork() {
        ClusterAddressing addressing = ClusterAddressing.of(ClusterAddressing.DEFAULT_NETWORK, CLUSTER);

        assertThat(addressing.address(1, 1)).isEqualTo("172.16.16.1");
        assertThat(addressing.address(2, 257)).isEqualTo("172.16.33.1");
        assertThat(addressing.address(255, 1)).isEqualTo("172.31.240.1");
        assertThat(addressing.mac(2, 257)).isEqualTo("02:be:ef:02:01:01");
        assertThat(addressing.hostName(2, 257)).isEqualTo("vcompute-2-257");
        assertThat(addressing.hostName(1, addressing.frontendOrdinal())).isEqualTo("vfrontend-1");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 65532, 10.3.255.254",
        "172.16.0.0/12, 4092, 172.16.63.254",
        "192.168.0.0/16, 252, 192.168.3.254",
        "10.20.0.0/16, 252, 10.20.3.254",
        "10.128.0.0/9, 32764, 10.129.255.254"
    })
    void leavesNetworkBroadcastGatewayAndFrontendToEverySite(String network, int computes, String gatewayOfSiteThree) {
        ClusterAddressing addressing = ClusterAddressing.of(network, CLUSTER);

        assertThat(addressing.computeOrdinals()).isEqualTo(computes);
        assertThat(addressing.frontendOrdinal()).isEqualTo(computes + 1);
        assertThat(addressing.gatewayOrdinal()).isEqualTo(computes + 2);
        assertThat(addressing.address(3, addressing.gatewayOrdinal())).isEqualTo(gatewayOfSiteThree);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "172.16.0.0",
                "172.16.0.0/",
                "a.b.c.d/12",
                "172.16.0.0/123",
                "1720.16.0.0/12",
                " 172.16.0.0/12",
                "fd00::/12"
            })
    void refusesWhatIsNoPrefixAndShowsHowItIsWritten(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClusterAddressing.of(text, CLUSTER))
                .withMessage("a cluster's network is written like 172.16.0.0/12, not '" + text + "'");
    }

    @Test
    void refusesAnOctetThatIsNone() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClusterAddressing.of("10.256.0.0/16", CLUSTER))
                .withMessageContaining("at most 255, not 256");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8.0.0.0/8", "11.0.0.0/8", "172.15.0.0/16", "172.32.0.0/12", "192.167.0.0/16", "10.0.0.0/7",
                "10.0.0.0/17", "172.16.0.0/11", "192.168.0.0/15", "10.0.0.1/8", "172.24.0.0/12", "10.0.0.0/0"
            })
    void refusesPrefixesThatAreNotPrivateOrTooWideOrTooNarrowOrHaveHostBits(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClusterAddressing.of(text, CLUSTER))
                .withMessageContaining("a private IPv4 prefix of length 8 to 16");
    }

    @Test
    void allowsEveryPrivatePrefixOfAllowedLength() {
        for (int length = 8; length <= 16; length++) {
            assertThat(ClusterAddressing.of("10.0.0.0/" + length, CLUSTER).length())
                    .isEqualTo(length);
        }
        for (int length = 12; length <= 16; length++) {
            assertThat(ClusterAddressing.of("172.16.0.0/" + length, CLUSTER).length())
                    .isEqualTo(length);
        }
        assertThat(ClusterAddressing.of("192.168.0.0/16", CLUSTER).length()).isEqualTo(16);
    }

    @Test
    void refusesMachinesThatHaveNoAddress() {
        ClusterAddressing addressing = ClusterAddressing.of("192.168.0.0/16", CLUSTER);

        for (int site : new int[] {0, 256, -1}) {
            assertThatIllegalArgumentException().isThrownBy(() -> addressing.address(site, 1));
        }
        for (int ordinal : new int[] {0, 255, -1, 256}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> addressing.mac(1, ordinal))
                    .withMessageContaining("ordinal " + ordinal + " out of range");
            assertThatIllegalArgumentException().isThrownBy(() -> addressing.hostName(1, ordinal));
        }
    }

    @Test
    void namesEveryMachineOfTheNarrowestNetworkDifferently() {
        // Given
        ClusterAddressing addressing = ClusterAddressing.of("192.168.0.0/16", CLUSTER);
        Set<String> addresses = new HashSet<>();
        Set<String> macs = new HashSet<>();
        Set<String> names = new HashSet<>();
        int machines = 0;

        // When
        for (int site = 1; site <= ClusterAddressing.LAST_SITE_NUMBER; site++) {
            for (int ordinal = 1; ordinal <= addressing.gatewayOrdinal(); ordinal++) {
                addresses.add(addressing.address(site, ordinal));
                macs.add(addressing.mac(site, ordinal));
                names.add(addressing.hostName(site, ordinal));
                machines++;
            }
        }

        // Then
        assertThat(addresses).hasSize(machines);
        assertThat(macs).hasSize(machines);
        assertThat(names).hasSize(machines);
    }

    @Property
    void givesTwoMachinesNothingInCommon(@ForAll("networks") String network, @ForAll("machines") List<int[]> machines) {
        // Given
        ClusterAddressing addressing = ClusterAddressing.of(network, CLUSTER);
        int[] one = within(machines.get(0), addressing);
        int[] other = within(machines.get(1), addressing);
        boolean same = one[0] == other[0] && one[1] == other[1];

        // Then
        assertThat(addressing.address(one[0], one[1]).equals(addressing.address(other[0], other[1])))
                .isEqualTo(same);
        assertThat(addressing.mac(one[0], one[1]).equals(addressing.mac(other[0], other[1])))
                .isEqualTo(same);
        assertThat(addressing.hostName(one[0], one[1]).equals(addressing.hostName(other[0], other[1])))
                .isEqualTo(same);
    }

    @Property
    void staysInsideThePrefixAndOffItsReservedAddresses(
            @ForAll("networks") String network, @ForAll("machines") List<int[]> machines) {
        // Given
        ClusterAddressing addressing = ClusterAddressing.of(network, CLUSTER);
        int[] machine = within(machines.get(0), addressing);

        // When
        int address = number(addressing.address(machine[0], machine[1]));

        // Then
        int hostMask = (1 << (32 - addressing.length())) - 1;
        assertThat(address & ~hostMask).isEqualTo(addressing.base());
        assertThat(address & hostMask).isNotZero().isNotEqualTo(hostMask);
        int gateway = number(addressing.address(machine[0], addressing.gatewayOrdinal()));
        assertThat(address == gateway).isEqualTo(machine[1] == addressing.gatewayOrdinal());
    }

    @Property
    void givesMacsThatAreLocalAndUnicast(@ForAll("networks") String network, @ForAll("machines") List<int[]> machines) {
        ClusterAddressing addressing = ClusterAddressing.of(network, CLUSTER);
        int[] machine = within(machines.get(0), addressing);

        assertThat(addressing.mac(machine[0], machine[1])).matches("02:be:ef(:[0-9a-f]{2}){3}");
    }

    @Provide
    Arbitrary<String> networks() {
        List<String> networks = new ArrayList<>();
        for (int length = 8; length <= 16; length++) {
            int step = 1 << (16 - length);
            for (int second = 0; second < 256; second += Math.max(step, 8)) {
                networks.add("10." + second + ".0.0/" + length);
            }
        }
        networks.addAll(List.of("172.16.0.0/12", "172.24.0.0/13", "172.31.0.0/16", "192.168.0.0/16"));
        return Arbitraries.of(networks);
    }

    @Provide
    Arbitrary<List<int[]>> machines() {
        Arbitrary<int[]> machine = Combinators.combine(
                        Arbitraries.integers().between(1, 255),
                        Arbitraries.integers().between(1, 1 << 16))
                .as((site, ordinal) -> new int[] {site, ordinal});
        return machine.list().ofSize(2);
    }

    private static int[] within(int[] machine, ClusterAddressing addressing) {
        return new int[] {machine[0], 1 + (machine[1] - 1) % addressing.gatewayOrdinal()};
    }

    private static int number(String dotted) {
        int number = 0;
        for (String octet : dotted.split("\\.", -1)) {
            number = number << 8 | Integer.parseInt(octet);
        }
        return number;
    }

    @Test
    void namesAGroupOnlyIfEachOfItsMachinesHasANameOfItsOwn() {
        ClusterAddressing small = ClusterAddressing.of("10.0.0.0/16", CLUSTER);

        assertThat(small.names(group(MachineRole.COMPUTE, 1, 252))).isTrue();
        assertThat(small.names(group(MachineRole.COMPUTE, 1, 253))).isFalse();
        assertThat(small.names(group(MachineRole.COMPUTE, 1, 252).without(Set.of(7))))
                .isTrue();
        assertThat(small.names(
                        group(MachineRole.COMPUTE, 1, 252).without(Set.of(7)).plus(1)))
                .as("with an ordinal that is never used again")
                .isFalse();
        assertThat(small.names(group(MachineRole.COMPUTE, 252, 1))).isTrue();
        assertThat(small.names(group(MachineRole.COMPUTE, 253, 1))).isFalse();
        assertThat(small.names(group(MachineRole.COMPUTE, Integer.MAX_VALUE, Integer.MAX_VALUE)))
                .isFalse();
        assertThat(small.names(group(MachineRole.FRONTEND, 253, 1))).isTrue();
        assertThat(small.names(group(MachineRole.FRONTEND, 253, 2))).isFalse();
        assertThat(small.names(group(MachineRole.FRONTEND, 4093, 1))).isFalse();
    }

    private static MachineGroup group(MachineRole role, int firstOrdinal, int count) {
        return new MachineGroup(role, firstOrdinal, count, 1, 1, 1, 1);
    }
}

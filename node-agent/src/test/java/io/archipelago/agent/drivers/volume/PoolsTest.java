package io.archipelago.agent.drivers.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.agent.drivers.DriverFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PoolsTest {

    private static final String KEY = "019357a0-0000-7000-8000-000000000001.tokyo.n1";
    private static final String OURS = "archipelago:" + KEY;
    private static final long MIB = 1L << 20;

    private static final LvmState.Told TOLD = told(
            Map.of("vg0", new LvmState.Group(1000 * MIB, 4 * MIB), "vg1", new LvmState.Group(512 * MIB, 32 * MIB)),
            "vg0|mine||104857600|4194304|active|" + OURS + "|linear|unknown|",
            "vg0|root||209715200|4194304|active||linear|unknown|",
            "vg0|tp0||524288000|4194304|active||thin,pool|zero|",
            "vg0|thin-mine|tp0|209715200|4194304|active|" + OURS + "|thin,sparse|unknown|",
            "vg0|thin-of-others|tp0|104857600|4194304|active||thin,sparse|unknown|",
            "vg0|tp1||524288000|4194304|active||thin,pool||");

    @Test
    void aGroupHasRoomForWhatIsFreeAndWhatWeHave() throws Exception {
        Pools.Found found = pools("vg0").look();

        assertThat(found.bytes()).containsExactly(Map.entry("vg0", 1100 * MIB));
        assertThat(found.problems()).isEmpty();
    }

    @Test
    void aThinPoolHasRoomForItsSizeLessWhatOthersHave() throws Exception {
        Pools.Found found = pools("vg0/tp0").look();

        assertThat(found.bytes()).containsExactly(Map.entry("vg0/tp0", 400 * MIB));
        assertThat(found.problems()).isEmpty();
    }

    @Test
    void saysWhichPoolIsMissing() throws Exception {
        Pools.Found found = pools("vg9", "vg0/tp9", "vg0/root").look();

        assertThat(found.bytes()).isEmpty();
        assertThat(found.problems())
                .containsExactly(
                        "this host has no pool vg9: make it with vgcreate, or name another",
                        "this host has no pool vg0/tp9: make it with lvcreate --type thin-pool, or name another",
                        "this host has no pool vg0/root: make it with lvcreate --type thin-pool, or name another");
    }

    @Test
    void saysWhichPoolRoundsMoreThanIsBooked() throws Exception {
        assertThat(pools("vg1").look().problems())
                .singleElement()
                .asString()
                .contains("the pool vg1 gives space in units of 32 MiB");
    }

    @Test
    void saysWhichThinPoolHandsOutWhatAnotherHasWritten() throws Exception {
        assertThat(pools("vg0/tp1").look().problems())
                .singleElement()
                .asString()
                .contains("does not zero");
    }

    @Test
    void refusesAPoolThatIsThereAndNotForVolumes() throws Exception {
        assertThat(pools("vg0/tp0", "vg1").problem("vg0"))
                .isEqualTo("this host has no pool vg0 for volumes: agent.host.pools names vg0/tp0, vg1");
    }

    @Test
    void seesWhichDeviceIsSuspended() throws Exception {
        String line = "vg0|mine||104857600|4194304|active|" + OURS + "|linear|unknown|";

        assertThat(LogicalVolume.parse(line).suspended()).isFalse();
        assertThat(LogicalVolume.parse(line + "suspended").suspended()).isTrue();
    }

    private static Pools pools(String... names) {
        return new Pools(() -> TOLD, List.of(names));
    }

    private static LvmState.Told told(Map<String, LvmState.Group> groups, String... lines) {
        List<LogicalVolume> volumes = new ArrayList<>();
        try {
            for (String line : lines) {
                volumes.add(LogicalVolume.parse(line));
            }
        } catch (DriverFault e) {
            throw new IllegalArgumentException(e);
        }
        return new LvmState.Told(volumes, groups);
    }
}

package io.archipelago.agent.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.agent.drivers.DriverFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HardwareTest {

    @TempDir
    private Path root;

    private Hardware hardware;

    @BeforeEach
    void aHost() throws IOException {
        hardware = new Hardware(root);
        file("proc/sys/kernel/osrelease", "6.1.0-28-amd64\n");
        file("proc/cpuinfo", "processor\t: 0\nmodel name\t: x\n\nprocessor\t: 1\nmodel name\t: x\n");
        file("proc/meminfo", "MemTotal:        2048 kB\nMemFree:  1 kB\n");
        file("sys/class/net/eth1/flags", "0x1003\n");
        file("sys/class/net/eth1/carrier", "1\n");
        file("sys/class/net/eth1/device/x", "");
        file("sys/class/net/br0/flags", "0x1003\n");
        file("sys/module/bridge/refcnt", "0");
        file("lib/modules/6.1.0-28-amd64/modules.dep", "kernel/net/8021q/8021q.ko: kernel/net/802/garp.ko\n");
        file("lib/modules/6.1.0-28-amd64/modules.builtin", "kernel/drivers/md/dm-mod.ko\n");
    }

    @Test
    void processorsAndMemoryAreTheKernels() throws DriverFault {
        assertThat(hardware.cpus()).isEqualTo(2);
        assertThat(hardware.memoryBytes()).isEqualTo(2 << 20);
        assertThat(hardware.kernel()).isEqualTo("6.1.0-28-amd64");
        assertThat(hardware.interfaces()).containsExactly("eth1");
    }

    @Test
    void aTrunkThatIsUpIsNoProblem() throws DriverFault {
        assertThat(hardware.trunkProblem("eth1")).isEmpty();
    }

    @Test
    void aTrunkThatIsNotThereIsToldWithThoseThatAre() throws DriverFault {
        assertThat(hardware.trunkProblem("eth7"))
                .contains("there is no network interface eth7: set agent.host.trunk to that which carries the VLANs,"
                        + " one of [eth1]");
    }

    @Test
    void aTrunkThatIsDownOrUnpluggedIsTold() throws Exception {
        file("sys/class/net/eth1/carrier", "0\n");
        assertThat(hardware.trunkProblem("eth1"))
                .contains("the trunk eth1 has no carrier: look at its cable and at the switch");

        file("sys/class/net/eth1/flags", "0x1002\n");
        assertThat(hardware.trunkProblem("eth1")).contains("the trunk eth1 is down: ip link set eth1 up");
    }

    @Test
    void modulesAreThereLoadedOrInstalledOrBuiltIn() throws DriverFault {
        assertThat(hardware.moduleProblems(List.of("bridge", "8021q", "dm_mod", "iscsi_tcp")))
                .singleElement()
                .asString()
                .startsWith("the kernel 6.1.0-28-amd64 has no module iscsi_tcp");
    }

    private void file(String name, String content) throws IOException {
        Path path = root.resolve(name);
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
    }
}

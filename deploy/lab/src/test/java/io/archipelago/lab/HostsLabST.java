package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole lab: hosts, networks, power, and what is left of it. */
@OnLab
class HostsLabST {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** In bits per second, a fraction of what the hosts can. */
    private static final long NARROW = 4_000_000;

    @TempDir
    static Path folder;

    private static Path home;
    private static Path directory;
    private static Lab lab;

    @BeforeAll
    static void up() throws Exception {
        home = folder.resolve("vc");
        directory = home.resolve("lab");
        lab = Lab.up(directory, Settings.standard(), System.out::println);
        StatusCommand.print(lab, directory, System.out);
    }

    @AfterAll
    static void downLeavesNothingOnTheMachine() throws Exception {
        int code = Main.run(new String[] {"down"}, Map.of("VC_HOME", home.toString()), System.out, System.err);

        assertThat(code).isZero();

        assertThat(Outside.of(folder)).isEmpty();
        assertThat(folder).isEmptyDirectory();
        assertThat(Lab.find(directory)).isEmpty();
    }

    @Test
    void theSitesReachEachOtherOverTheWan() throws Exception {
        LabHost tokyo = lab.host("tokyo-g1");
        Wan wan = lab.wan();

        wan.set(Duration.ofMillis(80), 0, 0);
        assertThat(roundTripMillis(tokyo, "192.0.2.2")).isBetween(80.0, 200.0);
        wan.cut();
        assertThat(reaches(tokyo, "192.0.2.2")).isFalse();
        wan.mend();
        await().atMost(PATIENCE).until(() -> reaches(tokyo, "192.0.2.2"));

        wan.set(Duration.ZERO, NARROW, 0);
        LabHost osaka = lab.host("osaka-g1");
        osaka.output(PATIENCE, "iperf3", "--server", "--one-off", "--daemon");
        await().atMost(PATIENCE)
                .until(() -> osaka.output(PATIENCE, "ss", "-ltn").contains(":5201 "));
        assertThat(receivedPerSecond(
                        tokyo.output(PATIENCE, "iperf3", "--client", "192.0.2.2", "--time", "3", "--json")))
                .as("what passes of a rate of " + NARROW)
                .isBetween(NARROW / 2.0, NARROW * 1.2);

        wan.set(Duration.ofMillis(10), 0, 100);
        assertThat(reaches(tokyo, "192.0.2.2")).isFalse();
        wan.set(Duration.ZERO, 0, 0);
        await().atMost(PATIENCE).until(() -> reaches(tokyo, "192.0.2.2"));
    }

    @Test
    void theWanStaysAsItIsSetWhenItsHostLosesItsPower() throws Exception {
        LabHost tokyo = lab.host("tokyo-g1");
        lab.wan().set(Duration.ofMillis(60), 0, 0);
        LabHost host = lab.host("wan");

        host.cutPower();
        assertThat(reaches(tokyo, "192.0.2.2")).isFalse();
        host.powerOn();

        await().atMost(PATIENCE).until(() -> reaches(tokyo, "192.0.2.2"));
        assertThat(roundTripMillis(tokyo, "192.0.2.2")).isGreaterThan(60.0);
    }

    @Test
    void taggedFramesOfFullSizePassBetweenTheComputeHostsOfASiteOnly() throws Exception {
        addToVlan("tokyo-c01", 101, "10.1.0.1/16");
        addToVlan("tokyo-c02", 101, "10.1.0.2/16");
        addToVlan("osaka-c01", 101, "10.1.0.3/16");
        LabHost host = lab.host("tokyo-c01");
        try {
            assertThat(host.run(PATIENCE, "ping", "-c", "2", "-i", "0.2", "-M", "do", "-s", "1472", "10.1.0.2")
                            .code())
                    .isZero();
            assertThat(reaches(host, "10.1.0.3")).isFalse();
            lab.host("tokyo-c02").output(PATIENCE, "ip", "link", "delete", "eth1.101");
            addToVlan("tokyo-c02", 102, "10.1.0.2/16");
            assertThat(reaches(host, "10.1.0.2")).isFalse();
        } finally {
            for (String name : List.of("tokyo-c01/101", "tokyo-c02/102", "osaka-c01/101")) {
                String[] parts = name.split("/", -1);
                lab.host(parts[0]).run(PATIENCE, "ip", "link", "delete", "eth1." + parts[1]);
            }
        }
    }

    @Test
    void aPowerCutTakesTheRootButNotTheStateNorTheDisk() throws Exception {
        LabHost host = lab.host("tokyo-s1");
        Snapshot before = host.snapshot();
        host.output(PATIENCE, "lvcreate", "-qq", "-y", "-n", "foreign", "-L", "8M", Lab.VOLUME_GROUP);
        host.output(PATIENCE, "touch", "/etc/lost");
        host.output(PATIENCE, "sh", "-c", "echo kept > /var/lib/archipelago/kept; sync /var/lib/archipelago/kept");
        host.output(PATIENCE, "ip", "netns", "add", "c1");

        CompletableFuture<Result> asked = CompletableFuture.supplyAsync(() -> {
            try {
                return host.run(PATIENCE, "sh", "-c", "touch /var/lib/archipelago/asked; sleep 1000");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        await().atMost(PATIENCE).until(() -> Files.exists(host.state().resolve("asked")));
        host.cutPower();
        assertThatThrownBy(() -> asked.get(5, TimeUnit.SECONDS)).hasRootCauseInstanceOf(SocketException.class);
        assertThat(host.isUp()).isFalse();
        assertThatThrownBy(() -> host.run(PATIENCE, "true"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not answer");
        host.powerOn();

        assertThat(host.state().resolve("kept")).hasContent("kept");
        assertThat(host.run(PATIENCE, "test", "-e", "/etc/lost").code()).isEqualTo(1);
        assertThat(before.difference(host.snapshot())).containsExactly("+ volume: vg0 foreign 8.00m");
        host.output(PATIENCE, "lvremove", "-qq", "-y", "vg0/foreign");
        assertThat(before.difference(host.snapshot())).isEmpty();
    }

    @Test
    void aSnapshotShowsWhatAClusterCouldLeaveBehind() throws Exception {
        LabHost host = lab.host("osaka-g1");
        Snapshot before = host.snapshot("/etc/openvpn");
        host.output(PATIENCE, "ip", "netns", "add", "c1");
        host.output(PATIENCE, "ip", "link", "add", "link", "eth1", "name", "eth1.7", "type", "vlan", "id", "7");
        host.output(PATIENCE, "ip", "link", "set", "eth1.7", "netns", "c1");
        host.output(PATIENCE, "ip", "-n", "c1", "link", "add", "br0", "type", "bridge");
        host.output(PATIENCE, "ip", "-n", "c1", "link", "set", "eth1.7", "master", "br0", "alias", "ours");
        host.output(
                PATIENCE,
                "ip",
                "netns",
                "exec",
                "c1",
                "iptables-legacy",
                "-t",
                "nat",
                "-A",
                "POSTROUTING",
                "-j",
                "MASQUERADE");
        host.output(
                PATIENCE,
                "ip",
                "netns",
                "exec",
                "c1",
                "ebtables-legacy",
                "-t",
                "broute",
                "-A",
                "BROUTING",
                "-i",
                "eth1.7",
                "-j",
                "DROP");
        host.output(PATIENCE, "touch", "/etc/openvpn/left");
        host.output(PATIENCE, "sh", "-c", "setsid sleep 1000 &");

        assertThat(before.difference(host.snapshot("/etc/openvpn")))
                .contains(
                        "+ namespace: c1",
                        "+ interface: c1 eth1.7 kind vlan id 7 master br0 mtu 1500 alias ours",
                        "+ iptables: c1 -A POSTROUTING -j MASQUERADE",
                        "+ ebtables: c1 ebtables -t broute -A BROUTING -i eth1.7 -j DROP",
                        "+ file: /etc/openvpn/left f 644",
                        "+ process: sleep 1000");

        host.output(PATIENCE, "pkill", "-x", "sleep");
        host.output(PATIENCE, "rm", "/etc/openvpn/left");
        host.output(PATIENCE, "ip", "netns", "delete", "c1");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(before.difference(host.snapshot("/etc/openvpn")))
                        .isEmpty());
    }

    @Test
    void aProgramRunsAgainWhenItEndsAndAfterAPowerCut() throws Exception {
        LabHost host = lab.host("osaka-c02");
        Path script = Files.writeString(folder.resolve("beat"), "echo \"$GREETING\" in $PWD; exec sleep 1234");
        Program program = new Program(
                "beat", List.of("sh", script.toString()), Map.of("GREETING", "good  day"), "/var/lib/archipelago/beat");
        Path log = host.log("beat");

        host.show(script);
        host.show(script);
        host.start(program);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(log).hasContent("good  day in /var/lib/archipelago/beat"));
        await().atMost(PATIENCE)
                .until(() -> host.run(PATIENCE, "pkill", "-f", "^sleep 1234").code() == 0);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(starts(log)).isEqualTo(2));
        host.cutPower();
        host.powerOn();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(starts(log)).isEqualTo(3));
        host.stop("beat");
        Files.delete(script);

        assertThat(host.snapshot().of(Snapshot.Kind.PROCESS)).doesNotContain("sleep 1234");
        assertThat(log).doesNotExist();
    }

    private static long starts(Path log) throws IOException {
        return Files.readAllLines(log).stream()
                .filter(line -> line.startsWith("good"))
                .count();
    }

    @Test
    void aCommandIsTakenAsItIsAndItsCodeComesBack() throws Exception {
        LabHost host = lab.host("osaka-c01");
        ByteArrayOutputStream said = new ByteArrayOutputStream();

        assertThat(host.run(
                        PATIENCE,
                        "sh",
                        "-c",
                        "printf '%s|' \"$@\"; echo oh >&2; exit 9",
                        "sh",
                        "a  b",
                        "",
                        "$HOME\n'\""))
                .isEqualTo(new Result(9, "a  b||$HOME\n'\"|", "oh\n"));
        assertThat(host.run(PATIENCE, "printf", "a\\0b\\n\\n")).isEqualTo(new Result(0, "a\0b\n\n", ""));
        assertThat(host.follow(said, List.of("sh", "-c", "echo one; echo two >&2; exit 3")))
                .isEqualTo(3);
        assertThat(said.toString(StandardCharsets.UTF_8)).isEqualTo("one\ntwo\n");
        assertThatThrownBy(() -> host.run(Duration.ofSeconds(2), "sleep", "1000"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("did not end within PT2S");
        // It leaves something behind that has the command's outputs open.
        assertThat(host.run(PATIENCE, "sh", "-c", "sleep 3 & echo done").out()).isEqualTo("done\n");
    }

    @Test
    void whoDoesNotKnowTheTokenIsNotServed() throws Exception {
        Path other = Files.createDirectories(folder.resolve("other"));
        try {
            LabHome home = new LabHome(other);
            Files.writeString(home.token(), "guess\n");
            HostPlan plan = Topology.hosts().getLast();

            assertThat(new RemoteShell(plan, home).answers()).isFalse();
            assertThat(new RemoteShell(plan, new LabHome(directory)).answers()).isTrue();
        } finally {
            Files.delete(other.resolve("token"));
            Files.delete(other);
        }
    }

    @Test
    void whatIsTypedIsDone() throws Exception {
        assertThat(typed(7, "shell", "osaka-s1", "sh", "-c", "hostname; exit 7"))
                .isEqualTo("osaka-s1\n");
        assertThat(typed(Main.OK, "wan", "--latency", "30ms", "--rate", "160mbit", "--loss", "0.1%"))
                .isEqualTo("WAN: 30.0 ms round trip, 160.0 Mbit/s each way, 0.1 % lost\n");
        try {
            assertThat(typed(Main.OK, "wan", "--cut")).startsWith("WAN: CUT; when mended: 30.0 ms");
            assertThat(reaches(lab.host("tokyo-g1"), "192.0.2.2")).isFalse();
        } finally {
            assertThat(typed(Main.OK, "wan", "--mend", "--latency", "0ms", "--rate", "unlimited", "--loss", "0%"))
                    .isEqualTo("WAN: 0.0 ms round trip, rate not limited, 0.0 % lost\n");
        }
        await().atMost(PATIENCE).until(() -> reaches(lab.host("tokyo-g1"), "192.0.2.2"));
        assertThat(typed(Main.OK, "status")).contains("osaka-c02", "WAN");
        assertThat(typed(Main.USAGE, "reboot")).isEmpty();
    }

    private static String typed(int code, String... arguments) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);

        assertThat(Main.run(arguments, Map.of("VC_HOME", home.toString()), out, System.err))
                .as(String.join(" ", arguments))
                .isEqualTo(code);
        return said.toString(StandardCharsets.UTF_8);
    }

    @Test
    void upTwiceChangesNothing() throws Exception {
        long pid = lab.host("tokyo-c01").pid().orElseThrow();

        assertThat(typed(Main.OK, "up")).startsWith("The lab is up already.");

        assertThat(lab.host("tokyo-c01").pid()).hasValue(pid);
    }

    @Test
    void asLongAsALabRunsAnotherOneIsRefused() throws Exception {
        Path other = folder.resolve("other-lab");

        assertThatThrownBy(() -> Lab.up(other, Settings.standard(), System.out::println))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Another lab runs")
                .hasMessageContaining(directory.toString());

        assertThat(other).doesNotExist();
        assertThat(lab.host("tokyo-c01").isUp()).isTrue();
    }

    @Test
    void aHostReachesTheMachineAndNothingBeyond() throws Exception {
        LabHost host = lab.host("osaka-s1");

        assertThat(reaches(host, "10.20.0.1")).isTrue();
        assertThat(host.output(PATIENCE, "ip", "route", "show", "default")).isBlank();
    }

    private static void addToVlan(String name, int vlan, String address) throws IOException {
        LabHost host = lab.host(name);
        String nic = "eth1." + vlan;
        host.output(
                PATIENCE,
                "ip",
                "link",
                "add",
                "link",
                "eth1",
                "name",
                nic,
                "type",
                "vlan",
                "id",
                Integer.toString(vlan));
        host.output(PATIENCE, "ip", "address", "add", address, "dev", nic);
        host.output(PATIENCE, "ip", "link", "set", nic, "up");
    }

    private static boolean reaches(LabHost from, String address) throws IOException {
        return from.run(PATIENCE, "ping", "-c", "2", "-i", "0.2", "-W", "2", address)
                        .code()
                == 0;
    }

    private static double receivedPerSecond(String told) throws IOException {
        return new ObjectMapper()
                .readTree(told)
                .at("/end/sum_received/bits_per_second")
                .asDouble();
    }

    /** The best of some, as the machine may be busy. */
    private static double roundTripMillis(LabHost from, String address) throws IOException {
        String said = from.output(PATIENCE, "ping", "-c", "5", "-i", "0.2", "-q", address);
        return Double.parseDouble(said.substring(said.indexOf("= ") + 2).split("/", -1)[0]);
    }
}

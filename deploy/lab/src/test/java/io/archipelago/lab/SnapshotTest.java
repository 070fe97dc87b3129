package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SnapshotTest {

    @Test
    void theOrderInWhichThingsAreFoundDoesNotMatter() {
        Snapshot one = Snapshot.of("process: b\nvolume: vg0 a\n");
        Snapshot other = Snapshot.of("volume: vg0 a\nprocess: b\n");

        assertThat(one).isEqualTo(other);
        assertThat(one.difference(other)).isEmpty();
    }

    @Test
    void saysWhatIsGoneAndWhatIsNew() {
        Snapshot before = Snapshot.of("interface: - eth0\nvolume: vg0 old");
        Snapshot after = Snapshot.of("interface: - eth0\nvolume: vg0 new");

        assertThat(before.difference(after)).containsExactly("+ volume: vg0 new", "- volume: vg0 old");
    }

    @Test
    void countsThingsThatLookTheSame() {
        Snapshot before = Snapshot.of("process: sleep 1");
        Snapshot after = Snapshot.of("process: sleep 1\nprocess: sleep 1");

        assertThat(before.difference(after)).containsExactly("+ process: sleep 1");
    }

    @Test
    void picksOutOneKind() {
        Snapshot snapshot = Snapshot.of("volume: vg0 a\nvolume: vg0 b\nprocess: volume: c");

        assertThat(snapshot.of(Snapshot.Kind.VOLUME)).containsExactly("vg0 a", "vg0 b");
    }
}

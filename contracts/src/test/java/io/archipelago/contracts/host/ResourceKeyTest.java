package io.archipelago.contracts.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Participant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceKeyTest {

    private static final AllocationId SHARE =
            new AllocationId(ReservationId.parse("019357a0-0000-7000-8000-0000000000a1"), new SiteId("tokyo"));

    @ParameterizedTest
    @EnumSource
    void isReadFromItsText(ResourceKind kind) {
        ResourceKey only = ResourceKey.of(kind, SHARE);
        ResourceKey named = ResourceKey.of(kind, SHARE, "vcompute-1-3");

        assertThat(ResourceKey.parse(only.toString())).isEqualTo(only);
        assertThat(ResourceKey.parse(named.toString())).isEqualTo(named);
        assertThat(named).hasToString(kind.wireName() + "/" + SHARE + ".vcompute-1-3");
    }

    @ParameterizedTest
    @EnumSource
    void knowsItsAllocation(ResourceKind kind) {
        assertThat(ResourceKey.of(kind, SHARE).allocation()).isEqualTo(SHARE);
        assertThat(ResourceKey.of(kind, SHARE, "vcompute-1-3").allocation()).isEqualTo(SHARE);
        assertThat(ResourceKey.of(kind, SHARE, "a.b").allocation()).isEqualTo(SHARE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "machine", "boat/x", "/x"})
    void refusesWhatIsNoKey(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ResourceKey.parse(text));
    }

    @Test
    void isOrderedByItsText() {
        assertThat(ResourceKey.of(ResourceKind.DISK, SHARE)).isLessThan(ResourceKey.of(ResourceKind.VOLUME, SHARE));
        assertThat(ResourceKey.of(ResourceKind.DISK, SHARE, "a"))
                .isLessThan(ResourceKey.of(ResourceKind.DISK, SHARE, "b"));
    }

    @Test
    void hasOneWriterPerKind() {
        assertThat(ResourceKind.MACHINE.owner()).isEqualTo(Participant.PLACEMENT);
        assertThat(ResourceKind.SEGMENT.owner()).isEqualTo(Participant.NETWORK);
        assertThat(ResourceKind.LINK.owner()).isEqualTo(Participant.NETWORK);
        assertThat(ResourceKind.VOLUME.owner()).isEqualTo(Participant.STORAGE);
        assertThat(ResourceKind.DISK.owner()).isEqualTo(Participant.STORAGE);
        assertThat(ResourceKind.CACHE.owner()).isEqualTo(Participant.CACHE);
    }

    @Test
    void isWrittenOnThingsOfOursOnly() {
        String id = "019357a0-0000-7000-8000-0000000000a1.tokyo.vcompute-1-1";

        assertThat(ResourceKey.written(ResourceKind.VOLUME, id)).contains(new ResourceKey(ResourceKind.VOLUME, id));
        for (String other : new String[] {"lost+found", "", ".", "a.b", "019357a0.tokyo"}) {
            assertThat(ResourceKey.written(ResourceKind.CACHE, other)).as(other).isEmpty();
        }
    }
}

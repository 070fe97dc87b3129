package io.archipelago.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.federation.StreamPosition;
import io.archipelago.contracts.placement.SitePolicy;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WireTest {

    private static final AllocationId SHARE =
            new AllocationId(ReservationId.parse("019357a0-0000-7000-8000-0000000000a1"), new SiteId("tokyo"));

    @Test
    void readsWhatItWrote() throws Exception {
        Envelope envelope = new Envelope(
                UUID.fromString("019357a0-0000-7000-8000-000000000001"),
                "/tokyo/placement",
                SHARE.toString(),
                Instant.parse("2026-12-01T09:00:00Z"),
                "correlation",
                new StreamPosition(new SiteId("tokyo"), 3, 17),
                new AllocationHeld(
                        SHARE,
                        1,
                        Participant.PLACEMENT,
                        Instant.parse("2026-12-01T09:01:00Z"),
                        new Facts.Hosts(Map.of(1, new HostId("tokyo-c01")))));

        String json = Wire.write(envelope);

        assertThat(Wire.read(json)).isEqualTo(envelope);
        assertThat(json).contains("\"type\":\"allocation.held\"", "\"type\":\"hosts\"", "\"streamsequence\":\"17\"");
    }

    @Test
    void tellsTheRecordsOfASealedInterfaceApart() {
        String json = Json.writeAs(SitePolicy.class, new SitePolicy.Named(Map.of(new SiteId("osaka"), 12)));

        assertThat(json).isEqualTo("{\"type\":\"named\",\"machines\":{\"osaka\":12}}");
        assertThat(Json.read(json, SitePolicy.class)).isEqualTo(new SitePolicy.Named(Map.of(new SiteId("osaka"), 12)));
    }

    @Test
    void refusesWhatIsNoMessageOfOurs() {
        assertThatThrownBy(() -> Wire.read("{\"type\":\"allocation.dance\",\"data\":{}}"))
                .isInstanceOf(Wire.UnreadableMessage.class)
                .hasMessageContaining("allocation.dance");
        assertThatThrownBy(() -> Wire.read("not json")).isInstanceOf(Wire.UnreadableMessage.class);
        assertThatThrownBy(() -> Wire.read(null)).isInstanceOf(Wire.UnreadableMessage.class);
    }
}

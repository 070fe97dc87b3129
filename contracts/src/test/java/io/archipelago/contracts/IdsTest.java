package io.archipelago.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Ids.TenantId;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdsTest {

    private static final String UUID_TEXT = "019357a0-0000-7000-8000-0000000000a1";

    @ParameterizedTest
    @ValueSource(strings = {"tokyo", "t", "site2", "abcdefghijklmnop"})
    void takesSiteIds(String text) {
        assertThat(new SiteId(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Tokyo", "2site", "to-kyo", "to.kyo", "abcdefghijklmnopq", "tokyo\n"})
    void refusesSiteIdsAndSaysWhatIsAllowed(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SiteId(text))
                .withMessageContaining("1 to 16 lower-case letters and digits")
                .withMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tokyo-c01", "a", "a-"})
    void takesHostIds(String text) {
        assertThat(new HostId(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", "1a", "A", "a.b", "a/b"})
    void refusesHostIdsAndSaysWhatIsAllowed(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HostId(text))
                .withMessageContaining("lower-case host name label");
    }

    @Test
    void refusesAHostIdThatIsTooLong() {
        assertThat(new HostId("a".repeat(63))).isNotNull();
        assertThatIllegalArgumentException().isThrownBy(() -> new HostId("a".repeat(64)));
    }

    @Test
    void ordersReservationsAsTheirTextIsOrdered() {
        ReservationId low = ReservationId.parse("0fffffff-0000-7000-0000-000000000000");
        ReservationId middle = ReservationId.parse("0fffffff-0000-7000-8000-000000000000");
        ReservationId high = ReservationId.parse("f0000000-0000-7000-8000-000000000000");

        assertThat(low).isLessThan(middle).isEqualByComparingTo(ReservationId.parse(low.toString()));
        assertThat(high).isGreaterThan(middle);
    }

    @ParameterizedTest
    @ValueSource(strings = {"astro", "0", "a-b-c"})
    void takesTenantIds(String text) {
        assertThat(new TenantId(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-astro", "Astro", "as tro", "as.tro"})
    void refusesTenantIdsAndSaysWhatIsAllowed(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TenantId(text))
                .withMessageContaining("1 to 63 lower-case letters, digits and hyphens");
    }

    @Test
    void readsAReservationIdFromItsText() {
        ReservationId id = ReservationId.parse(UUID_TEXT);

        assertThat(id).isEqualTo(new ReservationId(UUID.fromString(UUID_TEXT))).hasToString(UUID_TEXT);
        assertThatIllegalArgumentException().isThrownBy(() -> ReservationId.parse("first"));
    }

    @Test
    void readsAnAllocationIdFromItsText() {
        AllocationId id = new AllocationId(ReservationId.parse(UUID_TEXT), new SiteId("tokyo"));

        assertThat(id).hasToString(UUID_TEXT + ".tokyo");
        assertThat(AllocationId.parse(id.toString())).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", UUID_TEXT, UUID_TEXT + ".", UUID_TEXT + ".Tokyo", "x.tokyo", UUID_TEXT + ".tokyo.c01"})
    void refusesWhatIsNoAllocationId(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> AllocationId.parse(text));
    }

    @Test
    void ordersSitesAndHostsByName() {
        assertThat(new SiteId("osaka")).isLessThan(new SiteId("tokyo"));
        assertThat(new HostId("tokyo-c01")).isLessThan(new HostId("tokyo-c02"));
    }
}

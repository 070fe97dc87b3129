package io.archipelago.storage.domain;

import static io.archipelago.storage.domain.StorageLogicTest.ALLOCATION;
import static io.archipelago.storage.domain.StorageLogicTest.LARGE;
import static io.archipelago.storage.domain.StorageLogicTest.SMALL;
import static io.archipelago.storage.domain.StorageLogicTest.WINDOW;
import static io.archipelago.storage.domain.StorageLogicTest.booking;
import static io.archipelago.storage.domain.StorageLogicTest.calendar;
import static io.archipelago.storage.domain.StorageLogicTest.computes;
import static io.archipelago.storage.domain.StorageLogicTest.frontend;
import static io.archipelago.storage.domain.StorageLogicTest.lease;
import static io.archipelago.storage.domain.StorageLogicTest.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.protocol.ParticipantLogic.Choice;
import io.archipelago.bus.protocol.ParticipantLogic.Chosen;
import io.archipelago.bus.protocol.ParticipantLogic.DoesNotFit;
import io.archipelago.bus.protocol.ParticipantLogic.Request;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.Refusal;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How many machines would fit, where the volumes of all do not. */
class StorageShortageTest {

    /** Volumes are of whole extents of 7 bytes: a frontend's takes 42, a compute machine's 21. */
    private final StorageLogic logic = new StorageLogic(new KnownKeys(Map.of()), 7);

    @Test
    void saysHowManyMachinesWouldFit() {
        assertThat(machines(hold(4, 30))).as("70 bytes of two pools").isEqualTo(1);
        assertThat(machines(hold(4, 0))).as("100 bytes of the other").isEqualTo(2);
        assertThat(machines(hold(4, 80))).as("70 bytes, whatever the other has").isEqualTo(1);
    }

    @Test
    void saysHowMuchIsMissingAndWhen() {
        // Given
        TimeWindow taken =
                new TimeWindow(WINDOW.start().plusSeconds(600), WINDOW.start().plusSeconds(1200));
        Calendar calendar = calendar(booking(LARGE, 60, taken, null), booking(SMALL, 60, taken, null));

        // When
        Choice choice = logic.hold(request(groups(1)), calendar);

        // Then: 63 bytes, of which 40 are there
        assertThat(((DoesNotFit) choice).refusal().missing()).isEqualTo(new Refusal.Missing(23, taken));
    }

    @Test
    void saysThatTheOthersWouldFitAlone() {
        assertThat(machines(hold(1, 55, 25))).as("45 bytes").isZero();
    }

    @Test
    void saysNothingWhereTheFrontendAloneIsTooMuch() {
        assertThat(machines(hold(1, 60, 40))).as("40 bytes").isNull();
        assertThat(machines(
                        logic.hold(request(List.of(frontend())), calendar(full(60), booking(SMALL, 40, WINDOW, null)))))
                .as("no compute machine is asked for")
                .isNull();
    }

    @Test
    void saysHowManyALeaseCouldHave() {
        Request more = new Request(ALLOCATION, spec().with(groups(3)), lease().facts(), WINDOW);

        assertThat(machines(logic.extend(more, lease(), calendar(full(20)))))
                .as("80 bytes of its own pool")
                .isEqualTo(1);
        assertThat(machines(logic.extend(more, lease(), calendar(full(50)))))
                .as("50 bytes, which are not even what it has")
                .isNull();
    }

    /** So many are granted, and one more is not. */
    @Property(tries = 500)
    void soManyAreGrantedAndNoMore(
            @ForAll @IntRange(min = 1, max = 6) int count,
            @ForAll @IntRange(max = 100) int inLarge,
            @ForAll @IntRange(max = 70) int inSmall) {
        Choice choice = hold(count, inLarge, inSmall);
        if (choice instanceof Chosen) {
            return;
        }
        Integer fit = machines(choice);
        int most = fit == null ? -1 : fit;
        for (int fewer = 0; fewer < count; fewer++) {
            assertThat(hold(fewer, inLarge, inSmall) instanceof Chosen)
                    .as("%d of %d machines, where %s are said to fit", fewer, count, fit)
                    .isEqualTo(fewer <= most);
        }
    }

    private Choice hold(int computes, int inLarge) {
        return hold(computes, inLarge, 0);
    }

    private Choice hold(int computes, int inLarge, int inSmall) {
        return logic.hold(request(groups(computes)), calendar(full(inLarge), booking(SMALL, inSmall, WINDOW, null)));
    }

    private static Booking full(int bytes) {
        return booking(LARGE, bytes, WINDOW, null);
    }

    private static Request request(List<MachineGroup> groups) {
        return new Request(ALLOCATION, spec().with(groups), Facts.OfSite.unknown(), WINDOW);
    }

    private static List<MachineGroup> groups(int computes) {
        return computes == 0 ? List.of(frontend()) : List.of(frontend(), computes(computes));
    }

    private static @Nullable Integer machines(Choice choice) {
        return ((DoesNotFit) choice).refusal().machines();
    }
}

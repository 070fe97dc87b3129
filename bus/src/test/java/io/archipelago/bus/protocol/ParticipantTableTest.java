package io.archipelago.bus.protocol;

import static io.archipelago.bus.protocol.ProtocolFixture.NOON;
import static io.archipelago.bus.protocol.ProtocolFixture.SEQUENCE;
import static io.archipelago.bus.protocol.ProtocolFixture.WINDOW;
import static io.archipelago.bus.protocol.ProtocolFixture.blocker;
import static io.archipelago.bus.protocol.ProtocolFixture.booking;
import static io.archipelago.bus.protocol.ProtocolFixture.calendar;
import static io.archipelago.bus.protocol.ProtocolFixture.confirm;
import static io.archipelago.bus.protocol.ProtocolFixture.confirmed;
import static io.archipelago.bus.protocol.ProtocolFixture.deploy;
import static io.archipelago.bus.protocol.ProtocolFixture.deploying;
import static io.archipelago.bus.protocol.ProtocolFixture.disk;
import static io.archipelago.bus.protocol.ProtocolFixture.extend;
import static io.archipelago.bus.protocol.ProtocolFixture.gone;
import static io.archipelago.bus.protocol.ProtocolFixture.held;
import static io.archipelago.bus.protocol.ProtocolFixture.hold;
import static io.archipelago.bus.protocol.ProtocolFixture.holdOfOthers;
import static io.archipelago.bus.protocol.ProtocolFixture.in;
import static io.archipelago.bus.protocol.ProtocolFixture.leavings;
import static io.archipelago.bus.protocol.ProtocolFixture.more;
import static io.archipelago.bus.protocol.ProtocolFixture.refused;
import static io.archipelago.bus.protocol.ProtocolFixture.release;
import static io.archipelago.bus.protocol.ProtocolFixture.released;
import static io.archipelago.bus.protocol.ProtocolFixture.releasing;
import static io.archipelago.bus.protocol.ProtocolFixture.view;
import static io.archipelago.bus.protocol.ProtocolFixture.volume;
import static io.archipelago.bus.protocol.ProtocolFixture.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.contracts.host.Phase;
import io.archipelago.testkit.MarkdownTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every command in every state, as the table in docs/messages.md has it. */
class ParticipantTableTest {

    private static final String HEADING = "### What a participant answers";

    private static final List<String> COLUMNS = List.of(
            "`allocation.hold`, it fits",
            "`allocation.hold`, it does not fit",
            "`allocation.confirm`",
            "`allocation.deploy`",
            "`allocation.extend`, it fits",
            "`allocation.extend`, it does not fit",
            "`allocation.release`",
            "the last command again");

    private static final List<LongFunction<AllocationCommand>> COMMANDS = List.of(
            ProtocolFixture::hold,
            ProtocolFixture::confirm,
            ProtocolFixture::deploy,
            ProtocolFixture::extend,
            ProtocolFixture::release);

    private final ParticipantProtocol protocol = ProtocolFixture.protocol();

    @Test
    void isWhatTheDocumentSays() {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        states().forEach((name, state) -> rows.put(name, row(state)));

        assertThat(MarkdownTable.document("messages.md"))
                .contains(HEADING)
                .contains(MarkdownTable.written("in state", COLUMNS, rows));
    }

    @Test
    void doesAtItsDeadlinesWhatTheDocumentSays() {
        Instant ranOut = NOON.plus(ProtocolFixture.HOLD_FOR);
        Instant look = NOON.plus(ProtocolFixture.TERMS.lookAgain());
        PartView blocked = view(waiting(), calendar(booking(null), leavings()));
        Part.Deploying quiet = deploying(Progress.READY).tellingAt(NOON);
        Resource disk = in(Phase.READY, disk(1));
        Map<String, String> then = new LinkedHashMap<>();
        then.put("Held", Words.of(protocol.onDue(view(held()), ranOut)));
        then.put("Refused", Words.of(protocol.onDue(view(refused()), ranOut)));
        then.put("Confirmed", Words.of(protocol.onDue(view(confirmed()), ranOut)));
        then.put("Deploying, waiting for a predecessor", Words.of(protocol.onDue(blocked, look)));
        then.put("Deploying, the way is free", Words.of(protocol.onDue(view(waiting()), look)));
        then.put("Deploying, with quiet changes", Words.of(protocol.onDue(view(quiet, disk), NOON)));
        then.put("Deploying", Words.of(protocol.onDue(view(deploying(Progress.READY), disk), ranOut)));
        then.put("Releasing", Words.of(protocol.onDue(view(releasing(), disk), ranOut)));
        then.put("Released", Words.of(protocol.onDue(view(released()), ranOut)));

        MarkdownTable table = MarkdownTable.under("## A participant's part", "deadlines.md");
        assertThat(table.rows().keySet()).containsExactlyElementsOf(then.keySet());
        then.forEach((state, words) -> assertThat(table.last(state)).as(state).isEqualTo(words));
    }

    @Test
    void hasARowForEveryState() {
        List<Class<?>> inTable = states().values().stream()
                .map(state -> state.view().part())
                .filter(Objects::nonNull)
                .<Class<?>>map(Part::getClass)
                .toList();

        assertThat(inTable).containsAll(ProtocolFixture.states());
    }

    @Test
    void hasAColumnForEveryCommand() {
        List<Class<?>> inTable =
                COMMANDS.stream().<Class<?>>map(c -> c.apply(1).getClass()).toList();

        assertThat(inTable)
                .containsExactlyInAnyOrderElementsOf(Arrays.asList(AllocationCommand.class.getPermittedSubclasses()));
    }

    @ParameterizedTest
    @MethodSource("allStates")
    void ignoresEveryOlderCommand(State state) {
        if (state.view().part() != null) {
            COMMANDS.forEach(command ->
                    assertThat(decide(state, command.apply(SEQUENCE - 1))).isEqualTo(PartDecision.NOTHING));
        }
    }

    @ParameterizedTest
    @MethodSource("allStates")
    void ignoresWhatOthersAreToHold(State state) {
        for (long sequence = SEQUENCE - 1; sequence <= SEQUENCE + 1; sequence++) {
            assertThat(decide(state, holdOfOthers(sequence))).isEqualTo(PartDecision.NOTHING);
        }
    }

    @ParameterizedTest
    @MethodSource("allStates")
    void answersUnderTheSequenceOfTheCommand(State state) {
        COMMANDS.forEach(command -> {
            PartDecision decision = decide(state, command.apply(SEQUENCE + 1));

            assertThat(decision.answers()).isNotEmpty().allMatch(answer -> answer.sequence() == SEQUENCE + 1);
            if (decision.next() != null) {
                assertThat(decision.next().sequence()).isEqualTo(SEQUENCE + 1);
                assertThat(decision.next().allocation()).isEqualTo(ProtocolFixture.ALLOCATION);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("allStates")
    void answersTheSameHoweverOftenItIsAsked(State state) {
        // Given
        if (state.view().part() == null) {
            return;
        }
        PartDecision first = decide(state, hold(SEQUENCE));

        // When
        Part then = first.next() == null ? state.view().part() : first.next();
        State after = new State(then, state.view().resources(), List.of(), state.now());
        PartDecision second = decide(after, hold(SEQUENCE));

        // Then
        assertThat(second.answers()).isEqualTo(first.answers());
    }

    @ParameterizedTest
    @MethodSource("allStates")
    void aProbeIsAnsweredAsThingsAreAndChangesNothing(State state) {
        for (long sequence = SEQUENCE - 1; sequence <= SEQUENCE + 1; sequence++) {
            PartDecision fits = decide(state, probe(sequence));
            PartDecision full = decide(state.with(blocker(WINDOW)), probe(sequence));

            assertThat(fits.answers()).hasSize(1);
            if (state.bookings().isEmpty()) {
                assertThat(fits.answers()).hasOnlyElementsOfType(AllocationHeld.class);
            }
            assertThat(full.answers()).hasSize(1).hasOnlyElementsOfType(AllocationRefused.class);
            for (PartDecision decision : List.of(fits, full)) {
                assertThat(decision.answering(List.of())).isEqualTo(PartDecision.NOTHING);
                assertThat(decision.answers().getFirst().sequence()).isEqualTo(sequence);
            }
        }
    }

    private static HoldAllocation probe(long sequence) {
        HoldAllocation firm = hold(sequence);
        return new HoldAllocation(
                firm.allocation(),
                sequence,
                firm.addressees(),
                firm.spec(),
                firm.facts(),
                firm.holdFor(),
                HoldPurpose.PROBE);
    }

    static Stream<State> allStates() {
        return states().values().stream();
    }

    private List<String> row(State state) {
        List<String> cells = new ArrayList<>();
        cells.add(Words.of(decide(state, hold(SEQUENCE + 1))));
        cells.add(Words.of(decide(state.with(blocker(WINDOW)), hold(SEQUENCE + 1))));
        cells.add(Words.of(decide(state, confirm(SEQUENCE + 1))));
        cells.add(Words.of(decide(state, deploy(SEQUENCE + 1))));
        cells.add(Words.of(decide(state, extend(SEQUENCE + 1))));
        cells.add(Words.of(decide(state.with(blocker(WINDOW)), extend(SEQUENCE + 1))));
        cells.add(Words.of(decide(state, release(SEQUENCE + 1))));
        cells.add(state.view().part() == null ? "" : again(state));
        return cells;
    }

    /** The answer does not depend on which command it is that comes again. */
    private String again(State state) {
        List<String> answers = COMMANDS.stream()
                .map(command -> Words.of(decide(state, command.apply(SEQUENCE))))
                .distinct()
                .toList();
        assertThat(answers).hasSize(1);
        return answers.getFirst();
    }

    private PartDecision decide(State state, AllocationCommand command) {
        return protocol.onCommand(command, state.view(), state.now());
    }

    private static Map<String, State> states() {
        Resource volume = in(Phase.READY, volume(1));
        Resource disk = in(Phase.READY, disk(1));
        Instant ranOut = NOON.plus(ProtocolFixture.HOLD_FOR);
        Map<String, State> states = new LinkedHashMap<>();
        states.put("(unknown)", new State(null, List.of(), List.of(), NOON));
        states.put("Held", new State(held(), List.of(), List.of(booking(ranOut)), NOON));
        states.put("Held, run out", new State(held(), List.of(), List.of(booking(ranOut)), ranOut));
        states.put("Held, its rows gone", new State(held(), List.of(), List.of(), NOON));
        states.put("Refused", new State(refused(), List.of(), List.of(), NOON));
        states.put("Confirmed", new State(confirmed(), List.of(), List.of(booking(null)), NOON));
        states.put(
                "Confirmed, another's leavings in the way",
                new State(confirmed(), List.of(), List.of(booking(null), leavings()), NOON));
        states.put(
                "Confirmed, more is booked",
                new State(
                        confirmed().extended(SEQUENCE, ProtocolFixture.granted()),
                        List.of(),
                        List.of(booking(null), more()),
                        NOON));
        states.put(
                "Confirmed, more was refused",
                new State(
                        confirmed().extended(SEQUENCE, new Part.Extension.Denied(ProtocolFixture.FULL)),
                        List.of(),
                        List.of(booking(null)),
                        NOON));
        states.put(
                "Deploying, waiting for a predecessor",
                new State(waiting(), List.of(), List.of(booking(null), leavings()), NOON));
        states.put(
                "Deploying", new State(deploying(Progress.READY), List.of(volume, disk), List.of(booking(null)), NOON));
        states.put(
                "Deploying, more is booked",
                new State(
                        deploying(Progress.READY).extended(SEQUENCE, ProtocolFixture.granted()),
                        List.of(volume, disk),
                        List.of(booking(null), more()),
                        NOON));
        states.put(
                "Deploying, more was refused",
                new State(
                        deploying(Progress.READY).extended(SEQUENCE, new Part.Extension.Denied(ProtocolFixture.FULL)),
                        List.of(volume, disk),
                        List.of(booking(null)),
                        NOON));
        states.put("Releasing", new State(releasing(), List.of(volume, disk.removed()), List.of(booking(null)), NOON));
        states.put("Released", new State(released(), List.of(gone(volume), gone(disk)), List.of(), NOON));
        return states;
    }

    /** A part as it may be found. */
    private record State(PartView view, List<Booking> bookings, Instant now) {

        State(@Nullable Part part, List<Resource> resources, List<Booking> bookings, Instant now) {
            this(
                    ProtocolFixture.view(
                            part,
                            new Calendar(List.of(ProtocolFixture.POOL), bookings, now),
                            resources.toArray(Resource[]::new)),
                    bookings,
                    now);
        }

        State with(Booking booking) {
            List<Booking> more = new ArrayList<>(bookings);
            more.add(booking);
            return new State(view.part(), view.resources(), more, now);
        }

        @Override
        public String toString() {
            Part part = view.part();
            return part == null ? "unknown" : part.getClass().getSimpleName() + " at " + now;
        }
    }
}

package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.AllocationStates.SEQUENCE;
import static io.archipelago.reservation.domain.AllocationStates.SHARE_SEQUENCE;
import static io.archipelago.reservation.domain.DomainFixture.AT_OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.END;
import static io.archipelago.reservation.domain.DomainFixture.FULL;
import static io.archipelago.reservation.domain.DomainFixture.NOON;
import static io.archipelago.reservation.domain.DomainFixture.PACE;
import static io.archipelago.reservation.domain.DomainFixture.cluster;
import static io.archipelago.reservation.domain.DomainFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationMoved;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationProgress;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.federation.ShareMessage.ConfirmShare;
import io.archipelago.contracts.federation.ShareMessage.HoldShare;
import io.archipelago.contracts.federation.ShareMessage.ReleaseShare;
import io.archipelago.contracts.federation.ShareMessage.ReviseShare;
import io.archipelago.testkit.MarkdownTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every message in every state of a site's allocation, as docs/messages.md has it, and every deadline, as docs/deadlines.md has it. */
class AllocationTableTest {

    private static final List<LongFunction<ShareMessage.Command>> COMMANDS = List.of(
            sequence -> new HoldShare(AT_OSAKA, sequence, spec(), PACE.holdFor()),
            sequence -> new ConfirmShare(AT_OSAKA, sequence, cluster()),
            sequence -> new ReviseShare(
                    AT_OSAKA,
                    sequence,
                    AllocationStates.longer().window(),
                    AllocationStates.longer().groups()),
            sequence -> new ReleaseShare(AT_OSAKA, sequence));

    private static final List<LongFunction<AllocationEvent>> EVENTS = List.of(
            sequence -> DomainFixture.held(sequence, Participant.STORAGE, NOON.plusSeconds(59)),
            sequence -> DomainFixture.refused(sequence, Participant.STORAGE),
            sequence -> DomainFixture.confirmed(sequence, Participant.STORAGE),
            sequence -> DomainFixture.moved(sequence),
            sequence -> DomainFixture.progress(sequence, Participant.STORAGE, Progress.READY),
            sequence -> DomainFixture.released(sequence, Participant.STORAGE));

    private final AllocationMoves moves = new AllocationMoves(PACE);

    @Test
    void answersTheMasterAsTheDocumentSays() {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        rows.put("(unknown)", unknown(0));
        rows.put("(unknown), the database was restored", unknown(Restoration.floor(7)));
        AllocationStates.all().forEach((name, state) -> {
            rows.put(name, commands(state, NOON));
            if (state instanceof Allocation.Held held) {
                rows.put("Held, run out", commands(held, held.until()));
            }
        });

        assertThat(MarkdownTable.document("messages.md"))
                .contains("### What a site answers to the master")
                .contains(MarkdownTable.written(
                        "in state",
                        List.of(
                                "`share.hold`",
                                "`share.hold` of more than the master may have",
                                "`share.confirm`",
                                "`share.revise`",
                                "`share.release`",
                                "the last command again"),
                        rows));
    }

    @Test
    void takesTheParticipantsAnswersAsTheDocumentSays() {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        AllocationStates.all().forEach((name, state) -> rows.put(name, events(state)));

        assertThat(MarkdownTable.document("messages.md"))
                .contains("### What a site makes of its participants' answers")
                .contains(MarkdownTable.written(
                        "in state",
                        List.of(
                                "`allocation.held`",
                                "`allocation.refused`",
                                "`allocation.confirmed`",
                                "`allocation.moved`",
                                "`allocation.progress`",
                                "`allocation.released`"),
                        rows));
    }

    @Test
    void doesAtItsDeadlinesWhatTheDocumentSays() {
        Map<String, String> then = new LinkedHashMap<>();
        then.put("Holding, not all have answered", due(AllocationStates.holding(), NOON.plusSeconds(5)));
        then.put("Holding, to the end", due(AllocationStates.holding(), NOON.plusSeconds(40)));
        then.put("Held", due(AllocationStates.held(), NOON.plus(PACE.holdFor())));
        then.put("Confirming", due(AllocationStates.confirming(), NOON.plusSeconds(5)));
        then.put(
                "Confirmed",
                due(AllocationStates.confirmed(), AllocationStates.confirmed().deployAt()));
        Leased asked = AllocationStates.asked(AllocationStates.confirmed());
        then.put("Confirmed, not all have booked what is asked", due(asked, NOON.plusSeconds(5)));
        then.put("Confirmed, more is asked, to the end", due(asked, NOON.plusSeconds(40)));
        then.put("Confirmed, the window over", due(AllocationStates.confirmed(), END));
        then.put("Running, not all have answered", due(AllocationStates.running(), NOON.plusSeconds(5)));
        then.put("Running, machines are lost", due(AllocationStates.losing(), NOON.plusSeconds(5)));
        then.put(
                "Running, not all have booked others for them", due(AllocationStates.extending(), NOON.plusSeconds(5)));
        then.put(
                "Running, others are booked for them, to the end",
                due(AllocationStates.extending(), NOON.plusSeconds(60)));
        then.put(
                "Running, more is asked, to the end",
                due(AllocationStates.asked(AllocationStates.running()), NOON.plusSeconds(40)));
        then.put("Running, to the end", due(AllocationStates.running(), END));
        then.put("Releasing", due(AllocationStates.releasing(List.of(), true), NOON.plusSeconds(5)));
        then.put("Released", "nothing");
        then.put("Forgotten", "nothing");

        MarkdownTable table = MarkdownTable.under("## A site's allocation", "deadlines.md");
        assertThat(table.rows().keySet()).containsExactlyElementsOf(then.keySet());
        then.forEach((state, words) -> assertThat(table.last(state)).as(state).isEqualTo(words));
    }

    @Test
    void hasARowForEveryStateAndAColumnForEveryMessage() {
        assertThat(AllocationStates.all().values().stream()
                        .map(Object::getClass)
                        .distinct())
                .hasSize((int) DomainFixture.leaves(Allocation.class).count());
        assertThat(AllocationStates.all().values().stream()
                        .flatMap(state ->
                                state instanceof Leased lease ? Stream.ofNullable(lease.revision()) : Stream.empty())
                        .map(Object::getClass)
                        .distinct())
                .hasSize((int) DomainFixture.leaves(Revision.class).count());
        assertThat(COMMANDS.stream().map(c -> c.apply(1).getClass()).distinct())
                .hasSize(ShareMessage.Command.class.getPermittedSubclasses().length);
        assertThat(EVENTS.stream().map(c -> c.apply(1).getClass()).distinct())
                .hasSize(AllocationEvent.class.getPermittedSubclasses().length);
    }

    @ParameterizedTest
    @MethodSource("states")
    void ignoresEveryOlderCommandAndEveryAnswerToAnotherCommand(Allocation state) {
        COMMANDS.forEach(c -> assertThat(moves.onCommand(state, c.apply(SHARE_SEQUENCE - 1), NOON))
                .isEmpty());
        // Where something is holds whatever was said last.
        EVENTS.stream().filter(e -> !(e.apply(1) instanceof AllocationMoved)).forEach(e -> {
            assertThat(moves.onEvent(state, e.apply(SEQUENCE - 1), NOON)).isEmpty();
            assertThat(moves.onEvent(state, e.apply(SEQUENCE + 1), NOON)).isEmpty();
        });
    }

    @ParameterizedTest
    @MethodSource("states")
    void remembersTheHighestSequenceAndAnswersUnderIt(Allocation state) {
        COMMANDS.forEach(c -> {
            Decision<Allocation> decision =
                    moves.onCommand(state, c.apply(SHARE_SEQUENCE + 1), NOON).orElseThrow();

            assertThat(decision.next().header().shareSequence()).isEqualTo(SHARE_SEQUENCE + 1);
            assertThat(decision.messages().stream()
                            .filter(Outgoing.ToSite.class::isInstance)
                            .map(m -> ((Outgoing.ToSite) m).message().sequence()))
                    .allMatch(sequence -> sequence == SHARE_SEQUENCE + 1);
            assertThat(decision.messages().stream()
                            .filter(Outgoing.ToParticipants.class::isInstance)
                            .map(m -> ((Outgoing.ToParticipants) m).command().sequence()))
                    .allMatch(sequence -> sequence == SEQUENCE + 1);
        });
    }

    @ParameterizedTest
    @MethodSource("states")
    void doesNothingBeforeItsDeadline(Allocation state) {
        Instant due = state.due();

        if (due == null) {
            assertThat(state).isInstanceOfAny(Allocation.Released.class, Allocation.Forgotten.class);
            assertThat(moves.onDue(state, END.plusSeconds(1_000_000))).isEmpty();
        } else {
            assertThat(moves.onDue(state, due.minusNanos(1))).isEmpty();
            assertThat(moves.onDue(state, due)).isPresent();
        }
    }

    static Stream<Allocation> states() {
        return AllocationStates.all().values().stream();
    }

    private List<String> unknown(long floor) {
        List<String> cells = new ArrayList<>();
        for (LongFunction<ShareMessage.Command> each : COMMANDS) {
            ShareMessage.Command command = each.apply(1);
            Optional<Decision<Allocation>> begun = moves.begin(DomainFixture.TOKYO, command, floor, NOON);
            Optional<ShareMessage.Answer> answer = moves.answerUnknown(command, floor);
            assertThat(begun.isPresent() && answer.isPresent()).isFalse();
            cells.add(answer.map(a -> new Decision<>("(unknown)", List.of(new Outgoing.ToSite(DomainFixture.TOKYO, a))))
                    .map(d -> Words.of(d).replace(" → String", ""))
                    .orElseGet(() -> Words.of(begun)));
        }
        HoldShare hold = new HoldShare(AT_OSAKA, 1, spec(), PACE.holdFor());
        cells.add(1, Words.of(Optional.of(moves.refuse(Optional.empty(), hold, FULL, floor, NOON))));
        cells.add("");
        return cells;
    }

    private List<String> commands(Allocation state, Instant now) {
        List<String> cells = new ArrayList<>(COMMANDS.stream()
                .map(c -> Words.of(moves.onCommand(state, c.apply(SHARE_SEQUENCE + 1), now)))
                .toList());
        List<String> again = COMMANDS.stream()
                .map(c -> Words.of(moves.onCommand(state, c.apply(SHARE_SEQUENCE), now)))
                .toList();
        String release = again.getLast();
        String others = again.getFirst();
        assertThat(again).containsOnly(release, others).startsWith(others, others);
        HoldShare hold = new HoldShare(AT_OSAKA, SHARE_SEQUENCE + 1, spec(), PACE.holdFor());
        cells.add(1, Words.of(Optional.of(moves.refuse(Optional.of(state), hold, FULL, 0, now))));
        cells.add(release.equals(others) ? others : "`share.release`: " + release + "; else " + others);
        return cells;
    }

    private List<String> events(Allocation state) {
        return EVENTS.stream()
                .map(e -> e.apply(SEQUENCE))
                .map(e -> e instanceof AllocationProgress && state instanceof Allocation.Releasing
                        ? DomainFixture.progress(SEQUENCE, Participant.STORAGE, Progress.RELEASING)
                        : e)
                .map(e -> Words.of(moves.onEvent(state, e, NOON)))
                .toList();
    }

    private String due(Allocation state, Instant at) {
        assertThat(Objects.requireNonNull(state.due())).isBeforeOrEqualTo(at);
        return Words.of(moves.onDue(state, at));
    }
}

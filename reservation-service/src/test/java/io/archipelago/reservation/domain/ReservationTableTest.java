package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.DomainFixture.AT_OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.END;
import static io.archipelago.reservation.domain.DomainFixture.FULL;
import static io.archipelago.reservation.domain.DomainFixture.NAGOYA;
import static io.archipelago.reservation.domain.DomainFixture.NOON;
import static io.archipelago.reservation.domain.DomainFixture.OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.PACE;
import static io.archipelago.reservation.domain.DomainFixture.RESERVATION;
import static io.archipelago.reservation.domain.DomainFixture.SITES;
import static io.archipelago.reservation.domain.DomainFixture.START;
import static io.archipelago.reservation.domain.DomainFixture.TOKYO;
import static io.archipelago.reservation.domain.DomainFixture.details;
import static io.archipelago.reservation.domain.DomainFixture.shared;
import static io.archipelago.reservation.domain.ReservationStates.SEQUENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.federation.ShareMessage.ShareConfirmed;
import io.archipelago.contracts.federation.ShareMessage.ShareHeld;
import io.archipelago.contracts.federation.ShareMessage.ShareRefused;
import io.archipelago.contracts.federation.ShareMessage.ShareReleased;
import io.archipelago.contracts.federation.ShareMessage.ShareStatus;
import io.archipelago.contracts.placement.Alternative;
import io.archipelago.contracts.placement.PlacementMessage.AlternativesFound;
import io.archipelago.contracts.placement.PlacementMessage.PlanRefused;
import io.archipelago.contracts.placement.PlacementMessage.SitesPlanned;
import io.archipelago.contracts.placement.SitePolicy;
import io.archipelago.reservation.domain.Reservation.Closed;
import io.archipelago.reservation.domain.Reservation.Offering;
import io.archipelago.reservation.domain.Reservation.State;
import io.archipelago.testkit.MarkdownTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every message in every state of a reservation, as docs/messages.md has it, and every deadline, as docs/deadlines.md has it. */
class ReservationTableTest {

    private static final List<BiFunction<AllocationId, Long, ShareMessage.Answer>> ANSWERS = List.of(
            (share, sequence) -> new ShareHeld(share, sequence, NOON.plusSeconds(60), shared(share.site())),
            (share, sequence) -> new ShareRefused(share, sequence, List.of(FULL)),
            ShareConfirmed::new,
            (share, sequence) ->
                    new ShareStatus(share, sequence, Progress.READY, List.of(), null, shared(share.site())),
            ShareReleased::new);

    private final ReservationMoves moves = new ReservationMoves(SITES, PACE);

    @Test
    void takesEveryMessageAsTheDocumentSays() {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        ReservationStates.all().forEach((name, state) -> rows.put(name, row(state)));

        assertThat(MarkdownTable.document("messages.md"))
                .contains("### What the master makes of what it hears")
                .contains(MarkdownTable.written(
                        "in state",
                        List.of(
                                "`share.held`",
                                "`share.refused`",
                                "`share.confirmed`",
                                "`share.status`",
                                "`share.released`",
                                "`placement.sites-planned`",
                                "`placement.plan-refused`",
                                "`placement.alternatives-found`",
                                "accepted",
                                "DELETE"),
                        rows));
    }

    @Test
    void doesAtItsDeadlinesWhatTheDocumentSays() {
        Instant askAgain = ReservationStates.ASK_AGAIN;
        Map<String, String> then = new LinkedHashMap<>();
        then.put("Planning", due(ReservationStates.planning(), askAgain));
        then.put("Planning, the window over", due(ReservationStates.planning(), END));
        then.put("Holding, not all have answered", due(ReservationStates.holding(), askAgain));
        then.put("Holding, to the end", due(ReservationStates.holding(), NOON.plusSeconds(50)));
        then.put("Offered", due(ReservationStates.offered(), NOON.plusSeconds(300)));
        then.put("Held, not all have answered", due(ReservationStates.held(), askAgain));
        then.put("Held, to the end", due(ReservationStates.held(), NOON.plusSeconds(50)));
        then.put("Scheduled, a change is asked, not all sites have answered", due(changing(), askAgain));
        then.put("Scheduled, a change is asked, to the end", due(changing(), NOON.plusSeconds(110)));
        then.put("Scheduled", due(ReservationStates.scheduled(), END));
        Reservation deploying = ReservationStates.running(State.DEPLOYING, Progress.DEPLOYING);
        then.put("Running, not complete", due(deploying, START.plusSeconds(600)));
        then.put("Running, to the end", due(deploying, END));
        then.put("Releasing", due(ReservationStates.releasing(), askAgain));
        then.put("Offering", due(ReservationStates.offering(), askAgain));
        then.put("Offering, asked so often", due(asked(3), askAgain));
        then.put("Closed, shares still to be given back", due(ReservationStates.refused(), askAgain));

        MarkdownTable table = MarkdownTable.under("## A reservation at its master", "deadlines.md");
        assertThat(table.rows().keySet()).containsExactlyElementsOf(then.keySet());
        then.forEach((state, words) -> assertThat(table.last(state)).as(state).isEqualTo(words));
    }

    private static Reservation changing() {
        return ReservationStates.changing(ReservationStates.scheduled());
    }

    @Test
    void hasARowForEveryStateAndAColumnForEveryAnswer() {
        assertThat(ReservationStates.all().values().stream()
                        .map(Object::getClass)
                        .distinct())
                .hasSize((int) DomainFixture.leaves(Reservation.class).count());
        assertThat(ANSWERS.stream().map(a -> a.apply(AT_OSAKA, 1L).getClass()).distinct())
                .hasSize(ShareMessage.Answer.class.getPermittedSubclasses().length);
    }

    @ParameterizedTest
    @MethodSource("states")
    void ignoresAnswersToOtherCommandsAndOfSitesThatWereNotAsked(Reservation state) {
        ANSWERS.forEach(answer -> {
            for (SiteId site : List.of(TOKYO, OSAKA)) {
                for (long sequence : new long[] {SEQUENCE - 1, SEQUENCE + 1}) {
                    assertThat(moves.onAnswer(state, answer.apply(DomainFixture.at(site), sequence), NOON))
                            .isEmpty();
                }
            }
            assertThat(moves.onAnswer(state, answer.apply(DomainFixture.at(NAGOYA), SEQUENCE), NOON))
                    .isEmpty();
        });
    }

    @ParameterizedTest
    @MethodSource("states")
    void takesEveryAnswerOnce(Reservation state) {
        ANSWERS.stream()
                .filter(answer -> !(answer.apply(AT_OSAKA, SEQUENCE) instanceof ShareStatus))
                .forEach(answer -> moves.onAnswer(state, answer.apply(AT_OSAKA, SEQUENCE), NOON)
                        .ifPresent(first -> assertThat(
                                        moves.onAnswer(first.next(), answer.apply(AT_OSAKA, SEQUENCE), NOON))
                                .isEmpty()));
    }

    @ParameterizedTest
    @MethodSource("states")
    void ignoresPlansOfOtherAttempts(Reservation state) {
        for (int attempt : new int[] {0, 2}) {
            assertThat(moves.onPlanned(state, new SitesPlanned(RESERVATION, attempt, Map.of(OSAKA, 6)), NOON))
                    .isEmpty();
            assertThat(moves.onPlanRefused(state, new PlanRefused(RESERVATION, attempt, Map.of()), NOON))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("states")
    void doesNothingBeforeItsDeadline(Reservation state) {
        Instant due = state.due();

        if (due == null) {
            assertThat(state).isInstanceOf(Reservation.Closed.class);
            assertThat(moves.onDue(state, END.plusSeconds(1_000_000))).isEmpty();
        } else {
            assertThat(moves.onDue(state, due.minusNanos(1))).isEmpty();
            assertThat(moves.onDue(state, due)).isPresent();
        }
    }

    @ParameterizedTest
    @MethodSource("states")
    void neverChangesWhatItIsAbout(Reservation state) {
        moves.cancel(state, NOON).ifPresent(d -> assertThat(d.next().details()).isEqualTo(state.details()));
        ANSWERS.forEach(answer -> moves.onAnswer(state, answer.apply(AT_OSAKA, SEQUENCE), NOON)
                .ifPresent(d -> assertThat(d.next().id()).isEqualTo(state.id())));
    }

    static Stream<Reservation> states() {
        return ReservationStates.all().values().stream();
    }

    private List<String> row(Reservation state) {
        List<String> cells = new ArrayList<>(ANSWERS.stream()
                .map(a -> Words.of(moves.onAnswer(state, a.apply(AT_OSAKA, SEQUENCE), NOON)))
                .toList());
        cells.add(Words.of(moves.onPlanned(state, new SitesPlanned(RESERVATION, 1, Map.of(OSAKA, 6)), NOON)));
        cells.add(Words.of(moves.onPlanRefused(state, new PlanRefused(RESERVATION, 1, Map.of(OSAKA, FULL)), NOON)));
        cells.add(Words.of(offered(state)));
        cells.add(Words.of(accepted(state)));
        cells.add(Words.of(moves.cancel(state, NOON)));
        return cells;
    }

    /** What is done about all reservations of which something is decided, and what becomes of the one that is refused. */
    private Optional<Decision<Reservation>> offered(Reservation state) {
        Alternative fewer =
                new Alternative(Alternative.Change.FEWER, DomainFixture.WINDOW, 4, new SitePolicy.FewestSites());
        List<Decision<Reservation>> decisions =
                moves.onAlternatives(state, new AlternativesFound(RESERVATION, List.of(fewer)), NOON);
        return decisions.isEmpty()
                ? Optional.empty()
                : Optional.of(new Decision<>(
                        decisions.getFirst().next(),
                        decisions.stream().flatMap(d -> d.messages().stream()).toList()));
    }

    /** What becomes of it as the only offer to something that was refused. */
    private Optional<Decision<Reservation>> accepted(Reservation state) {
        Closed refused = new Closed(
                details(),
                Map.of(),
                State.REFUSED,
                Map.of(),
                List.of(new Offer(1, Alternative.Change.FEWER, state.id())));
        return moves.accept(refused, 1, Map.of(state.id(), state), NOON) instanceof Acceptance.Accepted accepted
                ? accepted.decisions().stream().findFirst()
                : Optional.empty();
    }

    private static Reservation asked(int times) {
        Offering offering = ReservationStates.offering();
        return new Offering(
                offering.details(),
                offering.shares(),
                offering.refusals(),
                offering.question(),
                times,
                offering.deadline());
    }

    private String due(Reservation state, Instant at) {
        assertThat(state.due()).isNotNull().isBeforeOrEqualTo(at);
        return Words.of(moves.onDue(state, at));
    }
}

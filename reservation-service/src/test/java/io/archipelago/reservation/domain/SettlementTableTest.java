package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.DomainFixture.AT_OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.END;
import static io.archipelago.reservation.domain.DomainFixture.NOON;
import static io.archipelago.reservation.domain.DomainFixture.OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.PACE;
import static io.archipelago.reservation.domain.DomainFixture.SITES;
import static io.archipelago.reservation.domain.DomainFixture.TOKYO;
import static io.archipelago.reservation.domain.DomainFixture.spec;
import static io.archipelago.reservation.domain.ReservationStates.SEQUENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.federation.ShareDigest;
import io.archipelago.contracts.federation.ShareDigest.Entry;
import io.archipelago.contracts.federation.ShareDigest.Range;
import io.archipelago.contracts.federation.ShareMessage.ConfirmShare;
import io.archipelago.contracts.federation.ShareMessage.HoldShare;
import io.archipelago.contracts.federation.ShareMessage.ReleaseShare;
import io.archipelago.contracts.federation.ShareMessage.ShareConfirmed;
import io.archipelago.contracts.federation.ShareMessage.ShareReleased;
import io.archipelago.contracts.federation.ShareMessage.ShareStatus;
import io.archipelago.reservation.domain.Digests.Difference;
import io.archipelago.reservation.domain.Reservation.State;
import io.archipelago.testkit.MarkdownTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is done about shares that two sites see differently, as docs/settlement.md has it. */
class SettlementTableTest {

    private final ReservationMoves moves = new ReservationMoves(SITES, PACE);
    private final AllocationMoves sites = new AllocationMoves(PACE);
    private final RestoredMoves restored = new RestoredMoves(PACE);

    @Test
    void settlesWhatTheMasterAndTheSiteBelieveAsTheDocumentSays() {
        List<String> columns = new ArrayList<>();
        Map<String, List<String>> rows = new LinkedHashMap<>();
        for (ShareDigest.Stage stage : ShareDigest.Stage.values()) {
            columns.add(stage.name());
        }
        columns.add("RUNNING, told something else");
        columns.add("any, a later command heard");
        masters().forEach((name, reservation) -> {
            List<String> cells = new ArrayList<>();
            for (ShareDigest.Stage stage : ShareDigest.Stage.values()) {
                cells.add(settled(reservation, said(reservation, stage)));
            }
            Entry running = said(reservation, ShareDigest.Stage.RUNNING);
            cells.add(settled(reservation, new Entry(AT_OSAKA, running.sequence(), running.stage(), 4711)));
            cells.add(later(reservation));
            rows.put(name, cells);
        });

        assertThat(MarkdownTable.document("settlement.md"))
                .contains(MarkdownTable.written("the master has", columns, rows));
    }

    @Test
    void seesItsOwnSharesAsTheDocumentSays() {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        AllocationStates.all().forEach((name, allocation) -> {
            Entry entry = Digests.entry(allocation);
            boolean orphan =
                    !Digests.orphans(List.of(allocation), List.of(), Range.ALL).isEmpty();
            assertThat(Digests.orphans(List.of(allocation), List.of(entry), Range.ALL))
                    .isEmpty();
            String kept = Words.of(restored.onRestored(allocation, Restoration.floor(7), NOON));
            rows.put(name, List.of(entry.stage().name(), orphan ? "an operator must act" : "nothing", kept));
        });

        assertThat(MarkdownTable.document("settlement.md"))
                .contains(MarkdownTable.written(
                        "in state",
                        List.of("said in a digest", "the master does not name it", "the database was set back"),
                        rows));
    }

    @ParameterizedTest
    @EnumSource
    void neverEndsARunningShareThatItsMasterDoesNotKnow(ShareDigest.Stage stage) {
        Entry entry = new Entry(AT_OSAKA, SEQUENCE, stage, 0);
        boolean leased = List.of(ShareDigest.Stage.CONFIRMING, ShareDigest.Stage.CONFIRMED, ShareDigest.Stage.RUNNING)
                .contains(stage);

        Optional<Difference> seen = Digests.atMaster(Optional.empty(), entry);

        assertThat(seen.map(Difference::act)).isEqualTo(leased ? Optional.of(true) : Optional.empty());
        for (Reservation reservation : ReservationStates.all().values()) {
            moves.onDigest(reservation, entry, NOON)
                    .ifPresent(d -> assertThat(d.messages())
                            .filteredOn(m -> m instanceof Outgoing.ToSite to && to.message() instanceof ReleaseShare)
                            .as(reservation.state() + " " + stage)
                            .matches(m -> m.isEmpty()
                                    || reservation instanceof Reservation.Held
                                    || Objects.requireNonNull(
                                                            reservation.shares().get(OSAKA))
                                                    .stage()
                                            == Share.Stage.RELEASING));
        }
    }

    @Test
    void keepsALostShareUntilItIsReleased() {
        Reservation lost = lose(ReservationStates.running(State.ACTIVE, Progress.READY));

        assertThat(lost.state()).isEqualTo(State.DEGRADED);
        Decision<Reservation> ended = moves.onDue(lost, END).orElseThrow();
        assertThat(ended.messages())
                .anyMatch(m -> m instanceof Outgoing.ToSite to
                        && to.site().equals(OSAKA)
                        && to.message() instanceof ReleaseShare);
        Decision<Reservation> closed = moves.onAnswer(ended.next(), new ShareReleased(AT_OSAKA, SEQUENCE + 1), END)
                .orElseThrow();
        assertThat(Objects.requireNonNull(closed.next().shares().get(OSAKA)).stage())
                .isEqualTo(Share.Stage.RELEASED);
    }

    @Test
    void takesALostShareBackWhenItsSiteHasItAfterAll() {
        Reservation lost = lose(ReservationStates.running(State.ACTIVE, Progress.READY));

        Reservation ready = moves.onAnswer(
                        lost,
                        new ShareStatus(
                                AT_OSAKA, SEQUENCE, Progress.READY, List.of(), null, DomainFixture.shared(OSAKA)),
                        NOON)
                .orElseThrow()
                .next();

        assertThat(ready.state()).isEqualTo(State.ACTIVE);
        assertThat(moves.onAnswer(lose(ReservationStates.scheduled()), new ShareConfirmed(AT_OSAKA, SEQUENCE), NOON))
                .isPresent();
    }

    @Test
    void hearsAgainWhatALostStatusTold() {
        // Given: osaka runs and has told more than tokyo heard
        Leased.Running running = AllocationStates.running();
        Leased.Running told = new Leased.Running(
                new Header(AT_OSAKA, spec(), SEQUENCE, 4),
                running.facts(),
                running.cluster(),
                running.parts(),
                running.answered(),
                null,
                1,
                NOON);
        Reservation stale = ReservationStates.running(State.DEPLOYING, Progress.WAITING);

        // When
        Decision<Reservation> asked =
                moves.onDigest(stale, Digests.entry(told), NOON).orElseThrow();
        ConfirmShare again = (ConfirmShare) ((Outgoing.ToSite) asked.messages().getFirst()).message();
        Outgoing.ToSite answer = (Outgoing.ToSite)
                sites.onCommand(told, again, NOON).orElseThrow().messages().getFirst();
        Reservation fresh = moves.onAnswer(asked.next(), (ShareStatus) answer.message(), NOON)
                .orElseThrow()
                .next();

        // Then
        assertThat(Objects.requireNonNull(fresh.shares().get(OSAKA)).progress()).isEqualTo(Progress.DEPLOYING);
        assertThat(moves.onDigest(fresh, Digests.entry(told), NOON)).isEmpty();
    }

    @Test
    void goesOnAboveWhatASiteHasHeardFromAMasterThatForgot() {
        Reservation holding = ReservationStates.holding();

        Decision<Reservation> above = moves.onDigest(
                        holding, new Entry(AT_OSAKA, SEQUENCE + 7, ShareDigest.Stage.RUNNING, 1), NOON)
                .orElseThrow();

        assertThat(above.messages())
                .singleElement()
                .satisfies(m -> assertThat(((Outgoing.ToSite) m).message())
                        .isInstanceOfSatisfying(
                                HoldShare.class,
                                hold -> assertThat(hold.sequence()).isEqualTo(SEQUENCE + 8)));
    }

    @Test
    void numbersWhatIsToldAfterARestoreAboveAllThatWasToldBefore() {
        long floor = Restoration.floor(1_800_000_000);

        for (Allocation allocation : AllocationStates.all().values()) {
            assertThat(restored.onRestored(allocation, floor, NOON)
                            .next()
                            .header()
                            .sequence())
                    .isEqualTo(floor);
        }
        assertThat(sites.begin(TOKYO, new HoldShare(AT_OSAKA, 1, spec(), PACE.holdFor()), floor, NOON)
                        .orElseThrow()
                        .next()
                        .header()
                        .sequence())
                .isEqualTo(floor);
    }

    @Test
    void leavesInUseWhatAHoldThatIsReadAgainFindsInUse() {
        Allocation.Holding again = (Allocation.Holding)
                sites.begin(TOKYO, new HoldShare(AT_OSAKA, 1, spec(), PACE.holdFor()), Restoration.floor(7), NOON)
                        .orElseThrow()
                        .next();
        AllocationRefused inUse = new AllocationRefused(
                AT_OSAKA,
                again.header().sequence(),
                Participant.PLACEMENT,
                Refusal.of(ErrorCode.CONFLICT, "placement", "not possible now: it is deployed"));

        Decision<Allocation> left = sites.onEvent(again, inUse, NOON).orElseThrow();

        assertThat(left.next()).isInstanceOf(Allocation.Forgotten.class);
        assertThat(left.messages()).noneMatch(Outgoing.ToParticipants.class::isInstance);
        assertThat(Digests.entry(left.next())).isEqualTo(Digests.unknown(AT_OSAKA));
        // Its master gives it back for real.
        assertThat(sites.onCommand(left.next(), new ReleaseShare(AT_OSAKA, 3), NOON)
                        .orElseThrow()
                        .messages())
                .hasAtLeastOneElementOfType(Outgoing.ToParticipants.class);
    }

    @Test
    void givesAForgottenShareBackThoughItHeardTheReleaseBefore() {
        Allocation released = AllocationStates.all().get("Released");
        Allocation forgotten = restored.onRestored(Objects.requireNonNull(released), Restoration.floor(7), NOON)
                .next();
        long heard = forgotten.header().shareSequence();

        Decision<Allocation> again = sites.onCommand(forgotten, new ReleaseShare(AT_OSAKA, heard), NOON)
                .orElseThrow();

        assertThat(again.next()).isInstanceOf(Allocation.Releasing.class);
        assertThat(again.messages()).hasAtLeastOneElementOfType(Outgoing.ToParticipants.class);
        assertThat(sites.onCommand(forgotten, new ReleaseShare(AT_OSAKA, heard - 1), NOON))
                .isEmpty();
    }

    private Map<String, Reservation> masters() {
        Map<String, Reservation> masters = new LinkedHashMap<>();
        Reservation holding = ReservationStates.holding();
        masters.put("HOLDING: Holding", holding);
        masters.put("HELD: Holding", holding.with(osaka(holding).held(DomainFixture.shared(OSAKA), HoldPurpose.FIRM)));
        masters.put("CONFIRMING: Held", ReservationStates.held());
        Reservation held = ReservationStates.held();
        masters.put("CONFIRMED: Held", held.with(osaka(held).confirmed()));
        masters.put("CONFIRMED: Scheduled", ReservationStates.scheduled());
        masters.put("CONFIRMED: Running(ACTIVE)", ReservationStates.running(State.ACTIVE, Progress.READY));
        masters.put("LOST: Running(DEGRADED)", lose(ReservationStates.scheduled()));
        masters.put("RELEASING: Planning", ReservationStates.planning());
        masters.put("RELEASING: Releasing", ReservationStates.releasing());
        masters.put("RELEASING: Closed(REFUSED)", ReservationStates.refused());
        Reservation refused = ReservationStates.scheduled();
        masters.put("REFUSED: Scheduled", refused.with(osaka(refused).refused(List.of(DomainFixture.FULL))));
        return masters;
    }

    private Reservation lose(Reservation reservation) {
        return moves.onDigest(reservation, Digests.unknown(AT_OSAKA), NOON)
                .orElseThrow()
                .next();
    }

    private static Share osaka(Reservation reservation) {
        return Objects.requireNonNull(reservation.shares().get(OSAKA));
    }

    /** What a site says that has heard the master's last command, and whose last status the master has. */
    private static Entry said(Reservation reservation, ShareDigest.Stage stage) {
        Share share = osaka(reservation);
        long sequence = stage == ShareDigest.Stage.UNKNOWN ? 0 : share.sequence();
        return new Entry(AT_OSAKA, sequence, stage, stage == ShareDigest.Stage.RUNNING ? share.heard() : 0);
    }

    private String settled(Reservation reservation, Entry entry) {
        Optional<Decision<Reservation>> decision = moves.onDigest(reservation, entry, NOON);
        Optional<Difference> difference = Digests.atMaster(Optional.of(reservation), entry);
        String act = difference.filter(Difference::act).isPresent() ? "; an operator must act" : "";
        return Words.of(decision) + act;
    }

    private String later(Reservation reservation) {
        return String.join(
                " or ",
                Arrays.stream(ShareDigest.Stage.values())
                        .filter(stage -> stage != ShareDigest.Stage.UNKNOWN)
                        .map(stage -> Words.of(
                                        moves.onDigest(reservation, new Entry(AT_OSAKA, SEQUENCE + 1, stage, 1), NOON))
                                .replace(" →", " above →"))
                        .distinct()
                        .toList());
    }
}

package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.DomainFixture.AT_OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.NAGOYA;
import static io.archipelago.reservation.domain.DomainFixture.NOON;
import static io.archipelago.reservation.domain.DomainFixture.OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.PACE;
import static io.archipelago.reservation.domain.DomainFixture.SITES;
import static io.archipelago.reservation.domain.DomainFixture.TOKYO;
import static io.archipelago.reservation.domain.DomainFixture.WINDOW;
import static io.archipelago.reservation.domain.DomainFixture.at;
import static io.archipelago.reservation.domain.DomainFixture.cluster;
import static io.archipelago.reservation.domain.DomainFixture.details;
import static io.archipelago.reservation.domain.DomainFixture.shared;
import static io.archipelago.reservation.domain.DomainFixture.spec;
import static io.archipelago.reservation.domain.DomainFixture.without;
import static io.archipelago.reservation.domain.ReservationStates.SEQUENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.federation.ShareDigest;
import io.archipelago.contracts.federation.ShareDigest.Entry;
import io.archipelago.contracts.federation.ShareMessage.ConfirmShare;
import io.archipelago.contracts.federation.ShareMessage.ShareConfirmed;
import io.archipelago.contracts.federation.ShareMessage.ShareStatus;
import io.archipelago.reservation.domain.Clustered.Running;
import io.archipelago.reservation.domain.Outgoing.ToSite;
import io.archipelago.reservation.domain.Reservation.State;
import io.archipelago.reservation.domain.Share.Stage;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

/** A cluster of tokyo, osaka and nagoya, of which osaka replaces a lost machine. */
class ClusterNewsTest {

    private static final Facts.Shared REPLACED = without(1, shared(OSAKA));

    private final ReservationMoves moves = new ReservationMoves(SITES, PACE);

    @Test
    void tellsEveryOtherSiteUnderTheNextSequenceAndShowsTheNewMachine() {
        // When
        Decision<Reservation> heard = hear(running(Stage.CONFIRMED), REPLACED);

        // Then
        Facts.OfCluster known = known().with(REPLACED);
        assertThat(heard.messages())
                .containsExactlyInAnyOrder(
                        new ToSite(TOKYO, new ConfirmShare(at(TOKYO), SEQUENCE + 1, known, WINDOW)),
                        new ToSite(NAGOYA, new ConfirmShare(at(NAGOYA), SEQUENCE + 1, known, WINDOW)));
        assertThat(heard.next().facts()).isEqualTo(known);
        Share osaka = share(heard.next(), OSAKA);
        assertThat(osaka.sequence()).isEqualTo(SEQUENCE);
        assertThat(osaka.facts()).isEqualTo(REPLACED);
        assertThat(osaka.spec().ordinals()).containsExactlyInAnyOrder(2, 3);
    }

    @ParameterizedTest
    @MethodSource("unasked")
    void believesNoSiteThatItGivesWhatItWasNotAskedFor(List<MachineGroup> groups) {
        // Given
        Facts.Shared osaka = shared(OSAKA);
        Facts.Shared said =
                new Facts.Shared(OSAKA, osaka.siteNumber(), groups, osaka.vlan(), osaka.endpoint(), osaka.mtu());

        // When
        Decision<Reservation> heard = hear(running(Stage.CONFIRMED), said);

        // Then
        assertThat(heard.messages()).isEmpty();
        assertThat(heard.next().facts()).isEqualTo(known());
        assertThat(share(heard.next(), OSAKA).facts()).isEqualTo(osaka);
    }

    @Test
    void believesOfARunningShareNothingButItsMachines() {
        // Given
        Facts.Shared said = new Facts.Shared(
                OSAKA,
                REPLACED.siteNumber(),
                REPLACED.groups(),
                4000,
                new Facts.Endpoint("198.51.100.66", 1, List.of()),
                9000);

        // When
        Decision<Reservation> heard = hear(running(Stage.CONFIRMED), said);

        // Then
        assertThat(share(heard.next(), OSAKA).facts()).isEqualTo(REPLACED);
        assertThat(heard.next().facts()).isEqualTo(known().with(REPLACED));
    }

    /** None, more, larger ones, and some for which the network has no name. */
    static List<List<MachineGroup>> unasked() {
        MachineGroup asked = shared(OSAKA).groups().getFirst();
        Set<Integer> most = IntStream.rangeClosed(1, 4092).boxed().collect(Collectors.toSet());
        return List.of(
                List.of(),
                List.of(asked.plus(1)),
                List.of(asked, asked),
                List.of(new MachineGroup(
                        asked.role(),
                        1,
                        asked.count(),
                        1000,
                        asked.memoryBytes(),
                        asked.diskBytes(),
                        asked.maxPerHost())),
                List.of(asked.plus(4092).without(most)));
    }

    @Test
    void tellsNothingIfNothingHasChanged() {
        // Given
        Reservation told = hear(running(Stage.CONFIRMED), REPLACED).next();

        // Then
        assertThat(hear(running(Stage.CONFIRMED), shared(OSAKA)).messages()).isEmpty();
        assertThat(hear(told, REPLACED).messages()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"CONFIRMING", "CONFIRMED"})
    void tellsNoSiteThatDoesNotTakePart(Stage stage) {
        // When
        Decision<Reservation> heard = hear(running(stage), REPLACED);

        // Then
        assertThat(heard.messages())
                .containsExactly(
                        new ToSite(TOKYO, new ConfirmShare(at(TOKYO), SEQUENCE + 1, known().with(REPLACED), WINDOW)));
        assertThat(share(heard.next(), NAGOYA).askAgainAt()).isNull();
    }

    @Test
    void tellsASiteThatIsStillToConfirm() {
        // Given
        Map<SiteId, Share> shares = shares(Stage.CONFIRMING);
        Reservation held = new Reservation.Held(details(), Attempt.first(), shares, known(), NOON.plusSeconds(50));

        // When
        Decision<Reservation> heard = hear(held, REPLACED);
        Reservation late = moves.onAnswer(heard.next(), new ShareConfirmed(at(NAGOYA), SEQUENCE), NOON)
                .map(Decision::next)
                .orElse(heard.next());

        // Then
        assertThat(heard.messages())
                .contains(
                        new ToSite(NAGOYA, new ConfirmShare(at(NAGOYA), SEQUENCE + 1, known().with(REPLACED), WINDOW)));
        assertThat(share(late, NAGOYA).stage()).isEqualTo(Stage.CONFIRMING);

        // When
        Reservation confirmed = moves.onAnswer(late, new ShareConfirmed(at(NAGOYA), SEQUENCE + 1), NOON)
                .orElseThrow()
                .next();

        // Then
        assertThat(confirmed).isInstanceOf(Running.class);
        assertThat(confirmed.facts()).isEqualTo(known().with(REPLACED));
    }

    @Test
    void tellsAgainUntilItIsAnsweredWhetherTheLeaseHasBegunOrNot() {
        // Given
        Reservation told = hear(running(Stage.CONFIRMED), REPLACED).next();

        // When
        Decision<Reservation> again =
                moves.onDue(told, NOON.plus(PACE.askAgain())).orElseThrow();

        // Then
        assertThat(again.messages())
                .hasSize(2)
                .allMatch(m -> m instanceof ToSite to
                        && to.message() instanceof ConfirmShare confirm
                        && confirm.sequence() == SEQUENCE + 1
                        && confirm.cluster().equals(known().with(REPLACED)));

        // When
        Reservation confirmed = moves.onAnswer(again.next(), new ShareConfirmed(at(NAGOYA), SEQUENCE + 1), NOON)
                .orElseThrow()
                .next();
        Reservation runs = moves.onAnswer(
                        confirmed,
                        new ShareStatus(at(TOKYO), SEQUENCE + 1, Progress.READY, List.of(), null, shared(TOKYO)),
                        NOON)
                .orElseThrow()
                .next();

        // Then
        assertThat(runs.shares().values()).allMatch(share -> share.askAgainAt() == null);
        assertThat(share(runs, NAGOYA).progress()).isEqualTo(Progress.READY);
    }

    @Test
    void hearsOfNewsThatCrossedItsOwnOnceTheSiteHasHeardThat() {
        // Given
        Reservation told = hear(running(Stage.CONFIRMED), REPLACED).next();
        Facts.Shared nagoya = without(2, shared(NAGOYA));

        // When
        boolean crossed =
                moves.onAnswer(told, status(NAGOYA, SEQUENCE, nagoya), NOON).isPresent();
        Decision<Reservation> heard =
                moves.onAnswer(told, status(NAGOYA, SEQUENCE + 1, nagoya), NOON).orElseThrow();

        // Then
        Facts.OfCluster both = known().with(REPLACED).with(nagoya);
        assertThat(crossed).isFalse();
        assertThat(heard.messages())
                .containsExactlyInAnyOrder(
                        new ToSite(TOKYO, new ConfirmShare(at(TOKYO), SEQUENCE + 2, both, WINDOW)),
                        new ToSite(OSAKA, new ConfirmShare(AT_OSAKA, SEQUENCE + 1, both, WINDOW)));
    }

    @Test
    void tellsASiteThatWasLostOnceItIsBack() {
        // Given
        Reservation without = hear(running(Stage.LOST), REPLACED).next();
        Entry back = new Entry(at(NAGOYA), SEQUENCE, ShareDigest.Stage.RUNNING, 4711);

        // When
        Decision<Reservation> found = moves.onDigest(without, back, NOON).orElseThrow();

        // Then
        assertThat(found.messages())
                .containsExactly(
                        new ToSite(NAGOYA, new ConfirmShare(at(NAGOYA), SEQUENCE + 1, known().with(REPLACED), WINDOW)));
    }

    @ParameterizedTest
    @EnumSource(Progress.class)
    void agreesWithTheSiteOnceItHasHeardWhatItGivesNow(Progress progress) {
        // Given
        Reservation before = running(Stage.CONFIRMED);
        ShareStatus status = new ShareStatus(AT_OSAKA, SEQUENCE, progress, List.of(), "it waits", REPLACED);
        Entry site = new Entry(AT_OSAKA, SEQUENCE, ShareDigest.Stage.RUNNING, status.fingerprint());

        // When
        Reservation after =
                moves.onAnswer(before, status, NOON).map(Decision::next).orElse(before);

        // Then
        assertThat(Remedy.of(share(before, OSAKA), site)).isEqualTo(Remedy.REPEAT);
        assertThat(Remedy.of(share(after, OSAKA), site))
                .isEqualTo(progress == Progress.RELEASING ? Remedy.REPEAT : Remedy.NOTHING);
    }

    private Decision<Reservation> hear(Reservation reservation, Facts.Shared osaka) {
        return moves.onAnswer(reservation, status(OSAKA, SEQUENCE, osaka), NOON).orElseThrow();
    }

    private static ShareStatus status(SiteId site, long sequence, Facts.Shared facts) {
        return new ShareStatus(at(site), sequence, Progress.READY, List.of(), null, facts);
    }

    private static Running running(Stage nagoya) {
        return new Running(details(), shares(nagoya), known(), State.ACTIVE, null);
    }

    private static Map<SiteId, Share> shares(Stage nagoya) {
        Map<SiteId, Share> shares =
                new TreeMap<>(Map.of(TOKYO, share(TOKYO, Stage.CONFIRMED), OSAKA, share(OSAKA, Stage.CONFIRMED)));
        shares.put(NAGOYA, share(NAGOYA, nagoya));
        return shares;
    }

    private static Share share(SiteId site, Stage stage) {
        return new Share(
                at(site), spec(), SEQUENCE, stage, shared(site), Progress.READY, List.of(), null, List.of(), 0, null);
    }

    private static Share share(Reservation reservation, SiteId site) {
        return Objects.requireNonNull(reservation.shares().get(site));
    }

    private static Facts.OfCluster known() {
        return new Facts.OfCluster(
                List.of(shared(TOKYO), shared(OSAKA), shared(NAGOYA)), cluster().mtu());
    }
}

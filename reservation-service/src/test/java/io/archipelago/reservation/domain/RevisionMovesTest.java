package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.AllocationStates.SHARE_SEQUENCE;
import static io.archipelago.reservation.domain.DomainFixture.AT_OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.END;
import static io.archipelago.reservation.domain.DomainFixture.FULL;
import static io.archipelago.reservation.domain.DomainFixture.NOON;
import static io.archipelago.reservation.domain.DomainFixture.OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.PACE;
import static io.archipelago.reservation.domain.DomainFixture.START;
import static io.archipelago.reservation.domain.DomainFixture.TOKYO;
import static io.archipelago.reservation.domain.DomainFixture.chosen;
import static io.archipelago.reservation.domain.DomainFixture.cluster;
import static io.archipelago.reservation.domain.DomainFixture.shared;
import static io.archipelago.reservation.domain.DomainFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.allocation.AllocationCommand.ConfirmAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.DeployAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ExtendAllocation;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationProgress;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.federation.ShareMessage.ConfirmShare;
import io.archipelago.contracts.federation.ShareMessage.ReviseShare;
import io.archipelago.contracts.federation.ShareMessage.ShareConfirmed;
import io.archipelago.contracts.federation.ShareMessage.ShareHeld;
import io.archipelago.contracts.federation.ShareMessage.ShareRefused;
import io.archipelago.contracts.federation.ShareMessage.ShareStatus;
import io.archipelago.reservation.domain.Leased.Confirmed;
import io.archipelago.reservation.domain.Leased.Running;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How a site's lease comes to be other than it was agreed on, as its master asks. */
class RevisionMovesTest {

    private static final TimeWindow LONGER = new TimeWindow(START, END.plusSeconds(3600));
    private static final MachineGroup TWO = spec().groups().getFirst();

    private final AllocationMoves moves = new AllocationMoves(PACE);

    static Stream<Leased> leases() {
        PartStatus ready = new PartStatus(Progress.READY, List.of(), List.of());
        return Stream.of(
                AllocationStates.confirmed(), AllocationStates.running().with(Participant.STORAGE, ready));
    }

    @ParameterizedTest
    @MethodSource("leases")
    void lastsLongerOnceAllHaveBookedThatAndTheMasterSaysSo(Leased lease) {
        // When
        Decision<Allocation> asked = ask(lease, LONGER, TWO);

        // Then
        AllocationSpec longer = spec().with(LONGER);
        assertThat(extended(asked).spec()).isEqualTo(longer);
        assertThat(asked.next().header().spec()).as("it goes on as it was").isEqualTo(spec());

        // When
        Decision<Allocation> held = bookedByAll((Leased) asked.next(), longer);

        // Then
        assertThat(said(held)).isEqualTo(new ShareHeld(AT_OSAKA, SHARE_SEQUENCE + 1, END, shared(OSAKA)));
        assertThat(held.next().header().spec()).isEqualTo(spec());

        // When
        Decision<Allocation> agreed = confirm((Leased) held.next(), cluster(), LONGER);

        // Then
        assertThat(agreed.next().header().spec()).isEqualTo(longer);
        assertThat(told(agreed)).isEqualTo(longer);
        assertThat(((Leased) agreed.next()).revision()).isNull();
        assertThat(said(agreed)).isInstanceOfAny(ShareConfirmed.class, ShareStatus.class);
    }

    @ParameterizedTest
    @MethodSource("leases")
    void getsMachinesAndLosesSome(Leased lease) {
        // Given: one machine goes, two come
        MachineGroup three = TWO.plus(2).without(Set.of(1));

        // When
        Decision<Allocation> asked = ask(lease, spec().window(), three);

        // Then
        AllocationSpec both = spec().with(List.of(TWO.plus(2)));
        assertThat(extended(asked).spec()).as("nothing goes yet").isEqualTo(both);

        // When
        Decision<Allocation> held = bookedByAll((Leased) asked.next(), both);

        // Then
        Facts.Shared site = ((ShareHeld) said(held)).facts();
        assertThat(site.groups()).containsExactly(three);

        // When
        Decision<Allocation> heard = confirm((Leased) held.next(), cluster().with(site), spec().window());
        Leased agreed = (Leased) heard.next();

        // Then
        assertThat(agreed.header().spec().groups()).containsExactly(three);
        assertThat(agreed.facts()).isEqualTo(both(both).onlyOf(Set.of(2, 3, 4)));
        assertThat(agreed.cluster().at(OSAKA)).contains(site);
        if (said(heard) instanceof ShareStatus status) {
            assertThat(status.progress()).as("until the new ones are ready").isEqualTo(Progress.DEPLOYING);
        }
    }

    @ParameterizedTest
    @MethodSource("leases")
    void staysAsItWasIfOneDoesNotBookIt(Leased lease) {
        // Given
        Leased asked = (Leased) ask(lease, LONGER, TWO).next();

        // When
        Decision<Allocation> denied = moves.onEvent(
                        asked, DomainFixture.refused(asked.header().sequence(), Participant.NETWORK), NOON)
                .orElseThrow();

        // Then
        assertThat(said(denied)).isEqualTo(new ShareRefused(AT_OSAKA, SHARE_SEQUENCE + 1, List.of(FULL)));
        assertThat(told(denied)).isEqualTo(spec());
        assertThat(denied.next().header().spec()).isEqualTo(spec());
        assertThat(said(ask((Leased) denied.next(), LONGER, TWO, SHARE_SEQUENCE + 1)))
                .as("to the same question the same answer")
                .isEqualTo(said(denied));
    }

    @ParameterizedTest
    @MethodSource("leases")
    void staysAsItWasIfOneSaysNothing(Leased lease) {
        // Given
        Leased asked = (Leased) ask(lease, LONGER, TWO).next();
        Instant again = NOON.plus(PACE.again(1));
        Instant end = NOON.plus(PACE.holdFor()).minus(PACE.margin().multipliedBy(2));

        // Then
        assertThat(extended(moves.onDue(asked, again).orElseThrow()).spec()).isEqualTo(spec().with(LONGER));
        Decision<Allocation> given = moves.onDue(asked, end).orElseThrow();
        assertThat(((ShareRefused) said(given)).refusals())
                .singleElement()
                .satisfies(why -> assertThat(why.code()).isEqualTo(ErrorCode.NO_ANSWER));
        assertThat(told(given)).isEqualTo(spec());
    }

    @ParameterizedTest
    @MethodSource("leases")
    void returnsToWhatItWasIfTheMasterSaysSo(Leased lease) {
        // Given
        Leased asked = (Leased) ask(lease, LONGER, TWO).next();
        Leased granted = (Leased) bookedByAll(asked, spec().with(LONGER)).next();

        for (Leased revised : List.of(asked, granted)) {
            // When
            Decision<Allocation> back = confirm(revised, cluster(), spec().window());

            // Then
            assertThat(back.next().header().spec()).isEqualTo(spec());
            assertThat(told(back)).isEqualTo(spec());
            assertThat(((Leased) back.next()).revision()).isNull();
        }
    }

    @Test
    void beginsEarlierIfThatIsAgreed() {
        // Given
        TimeWindow earlier = new TimeWindow(START.minusSeconds(600), END);
        Leased asked = (Leased) ask(AllocationStates.confirmed(), earlier, TWO).next();
        Leased granted = (Leased) bookedByAll(asked, spec().with(earlier)).next();

        // When
        Confirmed agreed = (Confirmed) confirm(granted, cluster(), earlier).next();

        // Then
        assertThat(agreed.deployAt()).isEqualTo(earlier.start().minus(PACE.lead()));
        assertThat(answeredByAll(agreed).due()).isEqualTo(agreed.deployAt());
    }

    @Test
    void beginsAsItWasIfNotAllHaveBookedByThen() {
        // Given
        Confirmed asked =
                (Confirmed) ask(AllocationStates.confirmed(), LONGER, TWO).next();
        Confirmed late = asked.deployingAt(NOON.plusSeconds(1));

        // When
        Decision<Allocation> begun = moves.onDue(late, NOON.plusSeconds(1)).orElseThrow();

        // Then
        List<AllocationCommand> commands = commands(begun);
        long sequence = asked.header().sequence();
        assertThat(commands).extracting(AllocationCommand::sequence).containsExactly(sequence + 1, sequence + 2);
        assertThat(((ConfirmAllocation) commands.getFirst()).spec()).isEqualTo(spec());
        assertThat(((DeployAllocation) commands.getLast()).spec()).isEqualTo(spec());
        assertThat(answers(begun)).hasExactlyElementsOfTypes(ShareRefused.class, ShareStatus.class);
        assertThat(begun.next().header().sequence()).isEqualTo(sequence + 2);
    }

    @Test
    void beginsWithWhatIsGrantedAndIsChangedWhileItRuns() {
        // Given
        Leased asked = (Leased) ask(AllocationStates.confirmed(), LONGER, TWO).next();
        Confirmed granted = (Confirmed) bookedByAll(asked, spec().with(LONGER)).next();

        // When
        Running begun =
                (Running) moves.onDue(granted, granted.deployAt()).orElseThrow().next();
        Decision<Allocation> agreed = confirm(begun, cluster(), LONGER);

        // Then
        assertThat(told(agreed)).isEqualTo(spec().with(LONGER));
        assertThat(agreed.next().header().spec().window()).isEqualTo(LONGER);
    }

    @Test
    void replacesWhatIsLostMeanwhileAfterIt() {
        // Given
        Leased asked = (Leased) ask(AllocationStates.running(), LONGER, TWO).next();
        Running granted = (Running) bookedByAll(asked, spec().with(LONGER)).next();
        Running losing = (Running)
                moves.onEvent(granted, losing(granted), NOON).orElseThrow().next();
        assertThat(losing.revision()).isInstanceOf(Revision.Granted.class);

        // When
        Running agreed = (Running) confirm(losing, cluster(), LONGER).next();

        // Then
        assertThat(agreed.revision()).isInstanceOf(Revision.Planned.class);
    }

    @Test
    void isNotAskedForWhatItHasRetired() {
        // Given: the master has not heard that another took the place of a machine
        Running running = AllocationStates.running();
        MachineGroup replaced = TWO.plus(1).without(Set.of(1));
        Running other = (Running) running.told(running.header().with(spec().with(List.of(replaced))), NOON);

        // When
        Decision<Allocation> asked = ask(other, spec().window(), TWO.plus(1));

        // Then
        assertThat(((ShareRefused) said(asked)).refusals())
                .singleElement()
                .satisfies(why -> assertThat(why.code()).isEqualTo(ErrorCode.CONFLICT));
        assertThat(commands(asked)).isEmpty();
    }

    @Test
    void doesNotGoOnOtherwiseThanIsBooked() {
        for (Leased lease : leases().toList()) {
            Decision<Allocation> heard = confirm(lease, cluster(), LONGER);

            assertThat(said(heard)).isInstanceOf(ShareRefused.class);
            assertThat(heard.next()).as("the command is not taken").isEqualTo(lease);
            assertThat(commands(heard)).isEmpty();
        }
    }

    @Test
    void doesNotHaveMachinesOfWhichItWasNeverAsked() {
        Facts.Shared here = shared(OSAKA);
        Facts.Shared more = new Facts.Shared(
                OSAKA, here.siteNumber(), List.of(TWO.plus(1)), here.vlan(), here.endpoint(), here.mtu());
        Leased asked = (Leased) ask(AllocationStates.running(), LONGER, TWO).next();

        for (Leased lease : List.of(AllocationStates.running(), asked)) {
            Decision<Allocation> heard = confirm(lease, cluster().with(more), spec().window());

            assertThat(said(heard)).isInstanceOf(ShareRefused.class);
            assertThat(heard.next().header().spec()).isEqualTo(spec());
        }
    }

    @Test
    void startsNoOtherwiseOnceItHasBegun() {
        Decision<Allocation> asked = ask(AllocationStates.running(), new TimeWindow(START.plusSeconds(60), END), TWO);

        assertThat(said(asked)).isInstanceOf(ShareRefused.class);
        assertThat(commands(asked)).isEmpty();
    }

    @Test
    void isNotAskedForWhatNobodyCouldName() {
        MachineGroup endless = new MachineGroup(
                MachineRole.COMPUTE, 1, Integer.MAX_VALUE, TWO.cpus(), TWO.memoryBytes(), TWO.diskBytes(), 1);

        for (List<MachineGroup> groups : List.of(List.of(endless), List.of(TWO, TWO))) {
            Decision<Allocation> asked = moves.onCommand(
                            AllocationStates.confirmed(),
                            new ReviseShare(AT_OSAKA, SHARE_SEQUENCE + 1, spec().window(), groups),
                            NOON)
                    .orElseThrow();

            assertThat(said(asked)).isInstanceOf(ShareRefused.class);
            assertThat(commands(asked)).isEmpty();
        }
    }

    @Test
    void agreesOnceMoreToWhatWasAgreed() {
        // Given
        Leased asked = (Leased) ask(AllocationStates.confirmed(), LONGER, TWO).next();
        Leased granted = (Leased) bookedByAll(asked, spec().with(LONGER)).next();
        Leased agreed = (Leased) confirm(granted, cluster(), LONGER).next();

        // When
        Decision<Allocation> again = moves.onCommand(
                        agreed, new ConfirmShare(AT_OSAKA, SHARE_SEQUENCE + 9, cluster(), LONGER), NOON)
                .orElseThrow();

        // Then
        assertThat(said(again)).isEqualTo(new ShareConfirmed(AT_OSAKA, SHARE_SEQUENCE + 9));
        assertThat(again.next().header().spec().window()).isEqualTo(LONGER);
    }

    private Decision<Allocation> ask(Leased lease, TimeWindow window, MachineGroup group) {
        return ask(lease, window, group, SHARE_SEQUENCE + 1);
    }

    private Decision<Allocation> ask(Leased lease, TimeWindow window, MachineGroup group, long sequence) {
        return moves.onCommand(lease, new ReviseShare(AT_OSAKA, sequence, window, List.of(group)), NOON)
                .orElseThrow();
    }

    private Decision<Allocation> confirm(Leased lease, Facts.OfCluster cluster, TimeWindow window) {
        return moves.onCommand(lease, new ConfirmShare(AT_OSAKA, SHARE_SEQUENCE + 2, cluster, window), NOON)
                .orElseThrow();
    }

    private Decision<Allocation> bookedByAll(Leased asked, AllocationSpec spec) {
        Decision<Allocation> decision = Decision.of(asked);
        for (Participant participant : Participant.values()) {
            AllocationHeld held = new AllocationHeld(
                    AT_OSAKA, asked.header().sequence(), participant, END, chosen(participant, spec));
            decision = moves.onEvent(decision.next(), held, NOON).orElseThrow();
        }
        return decision;
    }

    private Leased answeredByAll(Confirmed told) {
        Allocation next = told;
        for (Participant participant : Participant.values()) {
            next = moves.onEvent(next, DomainFixture.confirmed(told.header().sequence(), participant), NOON)
                    .orElseThrow()
                    .next();
        }
        return (Leased) next;
    }

    private static AllocationProgress losing(Running running) {
        return new AllocationProgress(
                AT_OSAKA,
                running.header().sequence(),
                Participant.PLACEMENT,
                Progress.DEGRADED,
                List.of(),
                List.of("vcompute-2-1"));
    }

    private static Facts.OfSite both(AllocationSpec spec) {
        Facts.OfSite facts = Facts.OfSite.unknown();
        for (Participant participant : Participant.values()) {
            facts = facts.with(chosen(participant, spec));
        }
        return facts;
    }

    private static ExtendAllocation extended(Decision<Allocation> decision) {
        return (ExtendAllocation) commands(decision).getFirst();
    }

    /** What the participants are told that the lease is. */
    private static AllocationSpec told(Decision<Allocation> decision) {
        return switch (commands(decision).getFirst()) {
            case ConfirmAllocation confirm ->
                Optional.ofNullable(confirm.spec()).orElseThrow();
            case DeployAllocation deploy -> deploy.spec();
            default -> throw new AssertionError("neither confirmed nor deployed");
        };
    }

    private static ShareMessage.Answer said(Decision<Allocation> decision) {
        return answers(decision).getFirst();
    }

    private static List<ShareMessage.Answer> answers(Decision<Allocation> decision) {
        return decision.messages().stream()
                .filter(Outgoing.ToSite.class::isInstance)
                .map(Outgoing.ToSite.class::cast)
                .peek(to -> assertThat(to.site()).isEqualTo(TOKYO))
                .map(to -> (ShareMessage.Answer) to.message())
                .toList();
    }

    private static List<AllocationCommand> commands(Decision<Allocation> decision) {
        return decision.messages().stream()
                .filter(Outgoing.ToParticipants.class::isInstance)
                .map(message -> ((Outgoing.ToParticipants) message).command())
                .toList();
    }
}

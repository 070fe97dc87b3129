package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.AllocationStates.SEQUENCE;
import static io.archipelago.reservation.domain.DomainFixture.AT_OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.END;
import static io.archipelago.reservation.domain.DomainFixture.NOON;
import static io.archipelago.reservation.domain.DomainFixture.OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.PACE;
import static io.archipelago.reservation.domain.DomainFixture.TOKYO;
import static io.archipelago.reservation.domain.DomainFixture.cluster;
import static io.archipelago.reservation.domain.DomainFixture.facts;
import static io.archipelago.reservation.domain.DomainFixture.progress;
import static io.archipelago.reservation.domain.DomainFixture.shared;
import static io.archipelago.reservation.domain.DomainFixture.spec;
import static io.archipelago.reservation.domain.ReplacementFixture.FIRST;
import static io.archipelago.reservation.domain.ReplacementFixture.SECOND;
import static io.archipelago.reservation.domain.ReplacementFixture.answered;
import static io.archipelago.reservation.domain.ReplacementFixture.booked;
import static io.archipelago.reservation.domain.ReplacementFixture.bookedByAll;
import static io.archipelago.reservation.domain.ReplacementFixture.command;
import static io.archipelago.reservation.domain.ReplacementFixture.due;
import static io.archipelago.reservation.domain.ReplacementFixture.extend;
import static io.archipelago.reservation.domain.ReplacementFixture.groups;
import static io.archipelago.reservation.domain.ReplacementFixture.held;
import static io.archipelago.reservation.domain.ReplacementFixture.hosts;
import static io.archipelago.reservation.domain.ReplacementFixture.lose;
import static io.archipelago.reservation.domain.ReplacementFixture.losing;
import static io.archipelago.reservation.domain.ReplacementFixture.ordinals;
import static io.archipelago.reservation.domain.ReplacementFixture.refused;
import static io.archipelago.reservation.domain.ReplacementFixture.replace;
import static io.archipelago.reservation.domain.ReplacementFixture.running;
import static io.archipelago.reservation.domain.ReplacementFixture.status;
import static io.archipelago.reservation.domain.ReplacementFixture.told;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationCommand.DeployAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ExtendAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ReleaseAllocation;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.reservation.domain.Leased.Running;
import io.archipelago.reservation.domain.Revision.Planned;
import io.archipelago.reservation.domain.Revision.Replacing;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Osaka's lease of two machines, of which hosts die. */
class ReplacementMovesTest {

    private static final MachineGroup FRONTEND = new MachineGroup(MachineRole.FRONTEND, 4093, 1, 2, 4, 40, 1);

    private final AllocationMoves moves = new AllocationMoves(PACE);

    @Test
    void asksAtOnceForAnotherMachineBesideTheOneThatPlacementNames() {
        // Given
        Running planned = lose(running(), FIRST);

        // Then
        assertThat(planned.due()).isEqualTo(NOON);

        // When
        Decision<Allocation> begun = due(planned, NOON);

        // Then
        ExtendAllocation extend = (ExtendAllocation) command(begun);
        assertThat(extend.sequence()).isEqualTo(SEQUENCE + 1);
        assertThat(extend.spec().ordinals()).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(begun.messages()).hasSize(1);
        assertThat(begun.next().header().spec()).isEqualTo(spec());
    }

    @Test
    void goesOnWithTheOtherAndWithoutTheLostOnceAllHaveBooked() {
        // Given
        Running extending = extend(lose(running(), FIRST), NOON);

        // When
        Decision<Allocation> first = booked(extending, Participant.PLACEMENT);

        // Then
        assertThat(first.messages()).isEmpty();

        // When
        Decision<Allocation> all = bookedByAll(extending);

        // Then
        DeployAllocation deploy = (DeployAllocation) command(all);
        assertThat(deploy.sequence()).isEqualTo(SEQUENCE + 2);
        assertThat(ordinals(deploy.spec())).containsExactly(2, 3);
        assertThat(deploy.spec().groups())
                .singleElement()
                .extracting(MachineGroup::retired)
                .isEqualTo(Set.of(1));
        assertThat(hosts(deploy.facts())).containsExactlyInAnyOrder(2, 3);
        assertThat(deploy.cluster().at(OSAKA)).contains(status(all).facts());
        assertThat(deploy.cluster().at(TOKYO)).contains(shared(TOKYO));
        assertThat(groups(status(all))).isEqualTo(deploy.spec().groups());
        assertThat(((Running) all.next()).revision()).isNull();
        assertThat(all.next().due()).isEqualTo(NOON.plus(PACE.askAgain()));
    }

    @Test
    void replacesSeveralMachinesAtOnce() {
        Running after = replace(lose(running(), FIRST, SECOND));

        assertThat(ordinals(after.header().spec())).containsExactly(3, 4);
        assertThat(hosts(after.facts())).containsExactlyInAnyOrder(3, 4);
    }

    @Test
    void usesNoOrdinalTwiceHoweverOftenTheNewestMachineIsLost() {
        // When
        Running once = replace(lose(running(), SECOND));
        Running twice = replace(lose(once, "vcompute-2-3"));
        Running thrice = replace(lose(twice, FIRST));

        // Then
        assertThat(ordinals(once.header().spec())).containsExactly(1, 3);
        assertThat(ordinals(twice.header().spec())).containsExactly(1, 4);
        assertThat(ordinals(thrice.header().spec())).containsExactly(4, 5);
        assertThat(thrice.header().spec().groups())
                .singleElement()
                .extracting(MachineGroup::retired)
                .isEqualTo(Set.of(1, 2, 3));
    }

    @Test
    void doesNotReplaceAgainWhatItsHostStillHas() {
        // Given
        Running replaced = replace(lose(running(), FIRST));

        // When
        Running told = lose(replaced, FIRST);

        // Then
        assertThat(told.revision()).isNull();
    }

    @Test
    void replacesNextWhatWasLostWhileOthersWereBooked() {
        // Given
        Running extending = extend(lose(running(), FIRST), NOON);
        Running more = lose(extending, FIRST, SECOND);

        // When
        Running replaced = (Running) bookedByAll(more).next();
        Running told = lose(replaced, SECOND);

        // Then
        assertThat(ordinals(replaced.header().spec())).containsExactly(2, 3);
        assertThat(told.due()).isEqualTo(NOON);
        assertThat(ordinals(replace(told).header().spec())).containsExactly(3, 4);
    }

    @Test
    void neverReplacesTheFrontendAndTellsWhatItWaitsFor() {
        // Given
        List<MachineGroup> groups = List.of(FRONTEND, spec().groups().getFirst());
        Running master = running(spec().with(groups));

        // When
        Decision<Allocation> lost = told(master, "vfrontend-2");

        // Then
        assertThat(((Running) lost.next()).revision()).isNull();
        assertThat(status(lost).waitingFor())
                .isEqualTo("waits until the host of vfrontend-2 is back: a frontend is not started elsewhere");

        // When
        Running replaced = replace(lose(master, FIRST, "vfrontend-2"));

        // Then
        assertThat(ordinals(replaced.header().spec())).containsExactly(4093, 2, 3);

        // When
        Decision<Allocation> refused = refused(extend(lose(master, FIRST, "vfrontend-2"), NOON), NOON);

        // Then
        assertThat(status(refused).waitingFor())
                .startsWith("waits until vcompute-2-1 can be replaced, ")
                .endsWith("; waits until the host of vfrontend-2 is back: a frontend is not started elsewhere");
    }

    @Test
    void goesOnAsItWasIfAParticipantRefusesAndTriesAgainAfterAWhile() {
        // Given
        Running extending = extend(lose(running(), FIRST), NOON);
        Running some = (Running) booked(extending, Participant.NETWORK).next();

        // When
        Decision<Allocation> refused = refused(some, NOON.plusSeconds(3));

        // Then
        assertThat(command(refused))
                .isEqualTo(new DeployAllocation(AT_OSAKA, SEQUENCE + 2, spec(), facts(), cluster()));
        assertThat(status(refused).facts()).isEqualTo(shared(OSAKA));
        assertThat(status(refused).waitingFor())
                .isEqualTo("waits until vcompute-2-1 can be replaced, tried again by itself: this site is full");

        // When
        Running told = answered((Running) refused.next(), FIRST);
        Instant again = NOON.plusSeconds(3).plus(PACE.replaceAgain());

        // Then
        assertThat(told.due()).isEqualTo(again);
        ExtendAllocation extend = (ExtendAllocation) command(due(told, again));
        assertThat(extend.sequence()).isEqualTo(SEQUENCE + 3);
        assertThat(extend.spec().ordinals()).containsExactlyInAnyOrder(1, 2, 3);
    }

    @Test
    void saysInADigestWhatItToldLastWhileItTriesAgain() {
        // Given
        Decision<Allocation> refused = refused(extend(lose(running(), FIRST), NOON), NOON);
        Running told = answered((Running) refused.next(), FIRST);

        // When
        Running trying = extend(told, NOON.plus(PACE.replaceAgain()));

        // Then
        assertThat(Digests.entry(trying).told()).isEqualTo(status(refused).fingerprint());
        assertThat(status(refused(trying, NOON)).waitingFor())
                .isEqualTo(status(refused).waitingFor());
    }

    @Test
    void goesOnAsItWasIfSomeAreSilentForAsLongAsAHold() {
        // Given
        Running extending = extend(lose(running(), FIRST), NOON);
        Running some = (Running) booked(extending, Participant.PLACEMENT).next();

        // When
        Decision<Allocation> asked = due(some, NOON.plus(PACE.askAgain()));

        // Then
        assertThat(command(asked)).isEqualTo(command(due(lose(running(), FIRST), NOON)));
        assertThat(asked.next().due()).isEqualTo(NOON.plusSeconds(15));

        // When
        Instant end = NOON.plus(PACE.holdFor());
        Decision<Allocation> silent = due(asked.next(), end);

        // Then
        assertThat(command(silent)).isEqualTo(new DeployAllocation(AT_OSAKA, SEQUENCE + 2, spec(), facts(), cluster()));
        assertThat(status(silent).waitingFor()).endsWith(": no answer in time from network, storage, cache");
        assertThat(answered((Running) silent.next(), FIRST).due()).isEqualTo(end.plus(PACE.replaceAgain()));
    }

    @Test
    void asksThoseAgainThatDoNotAnswerHowTheLeaseGoesOn() {
        // Given
        Running extending = extend(lose(running(), FIRST), NOON);

        for (Decision<Allocation> decision : List.of(bookedByAll(extending), refused(extending, NOON))) {
            // When
            Running placed = answered((Running) decision.next(), Participant.PLACEMENT, FIRST);
            Decision<Allocation> again = due(placed, NOON.plus(PACE.askAgain()));

            // Then
            assertThat(command(again)).isEqualTo(command(decision));
        }
    }

    @Test
    void takesNoAnswerToWhatWasGivenUp() {
        // Given
        Running extending = extend(lose(running(), FIRST), NOON);
        AllocationHeld late = held(extending, Participant.STORAGE);

        // When
        Allocation asItWas = refused(extending, NOON).next();

        // Then
        assertThat(moves.onEvent(asItWas, late, NOON)).isEmpty();
        assertThat(moves.onEvent(running(), held(running(), Participant.STORAGE), NOON))
                .isEmpty();
    }

    @Test
    void replacesNothingIfTheHostIsBackBeforeItIsTried() {
        // Given
        Running extending = extend(lose(running(), FIRST), NOON);
        Running again = answered((Running) refused(extending, NOON).next(), FIRST);

        for (Running planned : List.of(lose(running(), FIRST), again)) {
            // When
            Decision<Allocation> back = told(planned);

            // Then
            assertThat(((Running) back.next()).revision()).isNull();
            assertThat(back.next().due()).isEqualTo(END);
            assertThat(status(back).waitingFor()).isNull();
        }
    }

    @Test
    void replacesNothingIfTheHostIsBackWhenItIsGivenUp() {
        // Given
        Running extending = extend(lose(running(), FIRST), NOON);
        Running back = lose(extending);
        assertThat(status(told(extending)).waitingFor())
                .as("what the master hears when it is back")
                .isNull();

        for (Decision<Allocation> decision : List.of(refused(back, NOON), due(back, NOON.plus(PACE.holdFor())))) {
            // When
            Running told = answered((Running) decision.next());

            // Then
            assertThat(status(decision).waitingFor()).isNull();
            assertThat(told.revision()).isNull();
            assertThat(told.due()).isEqualTo(END);
        }
    }

    @Test
    void keepsTheMachinesOfAHostThatIsBackWhenOthersAreBooked() {
        // Given
        Running extending = extend(lose(running(), FIRST, SECOND), NOON);

        // When
        Decision<Allocation> back = bookedByAll(lose(extending));

        // Then
        assertThat(command(back)).isEqualTo(new DeployAllocation(AT_OSAKA, SEQUENCE + 2, spec(), facts(), cluster()));
        assertThat(((Running) back.next()).revision()).isNull();

        // When
        Running some = (Running) bookedByAll(lose(extending, SECOND)).next();

        // Then
        assertThat(ordinals(some.header().spec())).containsExactly(1, 2);
        assertThat(some.due()).isEqualTo(NOON);
        assertThat(ordinals(replace(some).header().spec())).containsExactly(1, 3);
    }

    @Test
    void replacesNothingOnceTheWindowIsOver() {
        // Given
        Instant late = END.minusSeconds(30);
        Running planned = (Running) moves.onEvent(running(), losing(running(), FIRST), late)
                .orElseThrow()
                .next();
        Running extending = extend(planned, late);
        Running again = answered((Running) refused(extending, late).next(), FIRST);

        // Then
        for (Running waiting : List.of(planned, extending, again)) {
            assertThat(command(due(waiting, END))).isInstanceOf(ReleaseAllocation.class);
        }
        assertThat(again.due()).isEqualTo(END);
    }

    @Test
    void hearsHowFarItsPartsAreWhileOthersAreBooked() {
        // Given
        Running extending = extend(lose(running(), FIRST), NOON);
        long sequence = extending.header().sequence();

        // When
        Decision<Allocation> failed = moves.onEvent(
                        extending, progress(sequence, Participant.CACHE, Progress.WAITING), NOON)
                .orElseThrow();
        Running replaced = (Running) bookedByAll((Running) failed.next()).next();

        // Then
        assertThat(status(failed).progress()).isEqualTo(Progress.DEGRADED);
        assertThat(failed.next())
                .isInstanceOfSatisfying(
                        Running.class, r -> assertThat(r.revision()).isInstanceOf(Replacing.class));
        assertThat(replaced.parts().get(Participant.CACHE))
                .isEqualTo(new PartStatus(Progress.WAITING, List.of(), List.of()));
        assertThat(ordinals(replaced.header().spec())).containsExactly(2, 3);
    }

    @Test
    void beginsAnewAsItWasWhenTheDatabaseWasSetBackWhileOthersWereBooked() {
        // Given
        Running extending = extend(lose(running(), FIRST), NOON);
        long floor = Restoration.floor(7);

        // When
        Decision<Allocation> restored = new RestoredMoves(PACE).onRestored(extending, floor, NOON);
        Running anew = (Running) restored.next();

        // Then
        assertThat(command(restored)).isEqualTo(new DeployAllocation(AT_OSAKA, floor, spec(), facts(), cluster()));
        assertThat(anew.revision()).isNull();
        assertThat(lose(anew, FIRST).revision()).isInstanceOf(Planned.class);
    }
}

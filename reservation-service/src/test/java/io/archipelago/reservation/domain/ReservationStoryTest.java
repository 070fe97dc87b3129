package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.DomainFixture.END;
import static io.archipelago.reservation.domain.DomainFixture.FULL;
import static io.archipelago.reservation.domain.DomainFixture.NAGOYA;
import static io.archipelago.reservation.domain.DomainFixture.NOON;
import static io.archipelago.reservation.domain.DomainFixture.OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.PACE;
import static io.archipelago.reservation.domain.DomainFixture.START;
import static io.archipelago.reservation.domain.DomainFixture.TOKYO;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.reservation.domain.Clustered.Scheduled;
import io.archipelago.reservation.domain.Reservation.Closed;
import io.archipelago.reservation.domain.Reservation.Planning;
import io.archipelago.reservation.domain.Reservation.State;
import io.archipelago.reservation.domain.Share.Stage;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The master's and the sites' classes together, from the request to the last trace gone. */
class ReservationStoryTest {

    private static final Map<SiteId, Integer> PLAN = Map.of(TOKYO, 4, OSAKA, 2);
    private static final Map<SiteId, Integer> WITHOUT_OSAKA = Map.of(TOKYO, 4, NAGOYA, 2);

    private final TwoSitesStory story = new TwoSitesStory();

    @Test
    void becomesAClusterOverTwoSitesAndVanishes() {
        // When
        story.request();
        story.planned(PLAN);

        // Then
        assertThat(story.reservation().state()).isEqualTo(State.SCHEDULED);
        assertThat(((Scheduled) story.reservation()).cluster().sites())
                .extracting("site")
                .containsExactly(TOKYO, OSAKA);

        // When
        story.until(START.minus(PACE.lead()));

        // Then
        assertThat(story.reservation().state()).isEqualTo(State.ACTIVE);
        assertThat(story.at(OSAKA)).isInstanceOf(Leased.Running.class);

        // When
        story.until(END);

        // Then
        assertThat(story.reservation().state()).isEqualTo(State.ENDED);
        assertThat(story.at(TOKYO)).isInstanceOf(Allocation.Released.class);
        assertThat(story.at(OSAKA)).isInstanceOf(Allocation.Released.class);
        assertThat(story.reservation().due()).isNull();
    }

    @Test
    void triesAnotherPlanWithoutTheSiteThatRefused() {
        // Given
        story.full.add(OSAKA);
        story.request();

        // When
        story.planned(PLAN);

        // Then
        assertThat(story.reservation()).isInstanceOf(Planning.class);
        Planning planning = (Planning) story.reservation();
        assertThat(planning.attempt().number()).isEqualTo(2);
        assertThat(planning.attempt().excluded()).containsExactly(OSAKA);
        assertThat(planning.shares().values()).noneMatch(s -> s.stage().open());
        assertThat(story.plansAsked).isEqualTo(2);

        // When
        story.planned(Map.of(TOKYO, 4, NAGOYA, 2));

        // Then
        assertThat(story.reservation().state()).isEqualTo(State.SCHEDULED);
        assertThat(((Scheduled) story.reservation()).cluster().sites())
                .extracting("site")
                .containsExactly(TOKYO, NAGOYA);
        assertThat(story.at(OSAKA)).isInstanceOf(Allocation.Released.class);
    }

    @Test
    void isRefusedWhenItsOwnSiteIsFull() {
        // Given
        story.full.add(TOKYO);
        story.request();

        // When
        story.planned(PLAN);

        // Then
        assertThat(story.reservation().state()).isEqualTo(State.REFUSED);
        assertThat(((Closed) story.reservation()).refusals()).containsKey(TOKYO);
        assertThat(((Closed) story.reservation()).refusals().get(TOKYO)).containsExactly(FULL);
        assertThat(story.at(OSAKA)).isInstanceOf(Allocation.Released.class);
    }

    @Test
    void givesUpOnASilentPeerBeforeTheHoldsRunOutAndGoesOnWithoutIt() {
        // Given
        story.cutOff.add(OSAKA);
        story.request();
        story.planned(PLAN);

        // When
        story.until(NOON.plusSeconds(50));

        // Then
        Planning planning = (Planning) story.reservation();
        assertThat(planning.attempt().excluded()).containsExactly(OSAKA);
        assertThat(planning.attempt().refusals().get(OSAKA))
                .extracting(Refusal::code)
                .containsExactly(ErrorCode.NO_ANSWER);

        // When
        story.planned(Map.of(TOKYO, 4, NAGOYA, 2));
        story.until(END);

        // Then
        assertThat(story.reservation()).isInstanceOf(Reservation.Releasing.class);

        // When
        story.cutOff.clear();
        story.until(END.plus(PACE.askAgainAtMost()));

        // Then
        assertThat(story.reservation().state()).isEqualTo(State.ENDED);
    }

    @Test
    void namesTheParticipantThatDidNotAnswer() {
        // Given
        story.silent.add(Participant.STORAGE);
        story.request();
        story.planned(PLAN);

        // When
        story.until(NOON.plusSeconds(50));

        // Then
        assertThat(story.reservation().state()).isEqualTo(State.REFUSED);
        assertThat(((Closed) story.reservation()).refusals().get(TOKYO))
                .singleElement()
                .matches(r -> r.code() == ErrorCode.NO_ANSWER)
                .matches(r -> r.detail().equals("no answer in time from storage"));
    }

    @Test
    void beginsAndEndsAtASiteThatIsCutOffAllTheTime() {
        // Given
        story.request();
        story.planned(PLAN);
        story.cutOff.add(OSAKA);

        // When
        story.until(START);

        // Then
        assertThat(story.at(OSAKA)).isInstanceOf(Leased.Running.class);
        assertThat(story.reservation().state()).isEqualTo(State.DEPLOYING);

        // When
        story.until(START.plus(PACE.deployWithin()));

        // Then
        assertThat(story.reservation().state()).isEqualTo(State.DEGRADED);

        // When
        story.until(END);

        // Then
        assertThat(story.at(OSAKA)).isInstanceOf(Allocation.Released.class);
        assertThat(story.reservation().state()).isEqualTo(State.RELEASING);

        // When
        story.cutOff.clear();
        story.until(END.plus(PACE.askAgainAtMost()));

        // Then
        assertThat(story.reservation().state()).isEqualTo(State.ENDED);
    }

    @Test
    void releasesAgainAndAgainUntilEveryParticipantHasSaidThatNothingIsLeft() {
        // Given
        story.request();
        story.planned(PLAN);
        story.until(START);
        story.silent.add(Participant.NETWORK);

        // When
        story.cancel();
        story.until(END.plusSeconds(3600));

        // Then
        assertThat(story.reservation().state()).isEqualTo(State.RELEASING);

        // When
        story.silent.clear();
        story.until(story.now().plus(PACE.askAgainAtMost()));

        // Then
        assertThat(story.reservation().state()).isEqualTo(State.ENDED);
    }

    @Test
    void comesUpAtASiteWhoseMachinesOfAnAttemptThatFailedHadToBeRemovedFirst() {
        // Given: tokyo's lease has begun when osaka is given up, and its machines take their time.
        story.unconfirmed.add(OSAKA);
        story.removing.add(TOKYO);
        story.request(startingAtOnce());
        story.planned(PLAN);

        // When
        story.until(NOON.plusSeconds(50));

        // Then
        Planning pausing = (Planning) story.reservation();
        assertThat(pausing.attempt().number()).isEqualTo(2);
        assertThat(pausing.deadline()).isAfter(story.now().plus(PACE.askAgain()));

        // When
        story.until(pausing.deadline());
        story.planned(WITHOUT_OSAKA);

        // Then: it is not refused, and what still stands there is not forgotten.
        Planning again = (Planning) story.reservation();
        assertThat(again.attempt().number()).isEqualTo(3);
        assertThat(again.attempt().excluded()).containsExactly(OSAKA);
        assertThat(Objects.requireNonNull(again.shares().get(TOKYO)).stage()).isEqualTo(Stage.RELEASING);
        assertThat(again.deadline()).isAfter(story.now().plus(PACE.askAgain()));

        // When
        story.removing.clear();
        story.until(again.deadline());

        // Then
        assertThat(Objects.requireNonNull(story.reservation().shares().get(TOKYO))
                        .stage())
                .isEqualTo(Stage.RELEASED);

        // When
        story.planned(WITHOUT_OSAKA);
        story.until(story.now().plus(PACE.askAgain()));

        // Then
        assertThat(story.reservation().state()).isEqualTo(State.ACTIVE);
    }

    @Test
    void canBeCancelledWhileItIsPlanned() {
        story.request();

        story.cancel();

        assertThat(story.reservation().state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void canBeCancelledWhileSitesAreAsked() {
        // Given
        story.silent.add(Participant.STORAGE);
        story.request();
        story.planned(PLAN);

        // When
        story.cancel();

        // Then
        assertThat(story.reservation().state()).isEqualTo(State.RELEASING);

        // When
        story.silent.clear();
        story.until(NOON.plusSeconds(60));

        // Then
        assertThat(story.reservation().state()).isEqualTo(State.CANCELLED);
        assertThat(story.at(OSAKA)).isInstanceOf(Allocation.Released.class);
    }

    @Test
    void canBeCancelledWhenItIsScheduledAndIsThenCancelledAndLaterEnded() {
        // When
        story.request();
        story.planned(PLAN);
        story.cancel();

        // Then
        assertThat(story.reservation().state()).isEqualTo(State.CANCELLED);
        assertThat(story.reservation().shares().values()).allMatch(s -> s.stage() == Stage.RELEASED);

        // When
        story.cancel();
        story.until(END.plusSeconds(3600));

        // Then
        assertThat(story.reservation().state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void endsWhenItIsCancelledOnceMachinesRun() {
        story.request();
        story.planned(PLAN);
        story.until(START);

        story.cancel();

        assertThat(story.reservation().state()).isEqualTo(State.ENDED);
        assertThat(story.at(OSAKA)).isInstanceOf(Allocation.Released.class);
    }

    private static Details startingAtOnce() {
        Details later = DomainFixture.details();
        Request wanted = later.request();
        Request now = wanted.with(new TimeWindow(NOON, END), wanted.compute(), wanted.policy());
        return new Details(later.id(), later.tenant(), later.requestedBy(), NOON, now);
    }
}

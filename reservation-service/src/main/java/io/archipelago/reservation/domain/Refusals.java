package io.archipelago.reservation.domain;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.Refusal;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Why a site itself refuses a share that no participant has refused. */
final class Refusals {

    private Refusals() {}

    /** @param answered the participants that did answer */
    static Refusal silent(Set<Participant> answered) {
        String missing = EnumSet.allOf(Participant.class).stream()
                .filter(p -> !answered.contains(p))
                .map(Participant::service)
                .collect(Collectors.joining(", "));
        return Refusal.of(ErrorCode.NO_ANSWER, "machines", "no answer in time from " + missing);
    }

    static Refusal ranOut() {
        return Refusal.of(ErrorCode.HOLD_EXPIRED, "hold", "the hold ran out before it was confirmed");
    }

    /** What was deployed is still being removed: it may be held again once it is gone. */
    static Refusal stillThere() {
        return Refusal.of(ErrorCode.WAITING, "machines", "the share is still being released");
    }

    static Refusal replacing() {
        return Refusal.of(
                ErrorCode.WAITING,
                "machines",
                "machines whose hosts are dead are being replaced: ask again when that is over");
    }

    static Refusal incomplete(List<SiteId> missing) {
        String sites = missing.stream().map(SiteId::value).collect(Collectors.joining(", "));
        return Refusal.of(ErrorCode.INVALID_REQUEST, "cluster", "the confirmation says nothing usable of " + sites);
    }

    static Refusal conflict(String because) {
        return Refusal.of(ErrorCode.CONFLICT, "machines", because);
    }
}

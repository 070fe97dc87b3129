package io.archipelago.bus.protocol;

import io.archipelago.bus.protocol.HostDecision.Parts;
import io.archipelago.bus.protocol.HostRecord.Death;
import io.archipelago.bus.protocol.HostRecord.Second;
import io.archipelago.bus.protocol.HostRecord.State;
import io.archipelago.contracts.host.HostDead;
import io.archipelago.contracts.host.HostDead.Cause;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When a host counts as silent, as lost, as dead and as alive again; the table stands in docs/messages.md. It decides and writes nothing.
 *
 * <p>Silence counts only while we listen: whoever calls says whether everything that hosts have said was taken.
 */
public final class HostProtocol {

    /** Heartbeats that may fail to come before a host is suspect. */
    private static final int SUSPECT_AFTER = 3;

    private final String service;
    private final Patience patience;

    /**
     * @param service who decides, to be named in what is said
     * @param patience the site's figures
     */
    public HostProtocol(String service, Patience patience) {
        this.service = service;
        this.patience = patience;
    }

    /**
     * The site's figures, the same for all its participants.
     *
     * @param lostAfter how long a host must be silent to be called lost
     * @param lookAgain how often a host that is being cut off is looked at
     * @param sayAgain how often it is repeated that a host is dead
     */
    public record Patience(Duration lostAfter, Duration lookAgain, Duration sayAgain) {}

    /**
     * Takes a heartbeat.
     *
     * @param before what is known of the host; null: nothing
     * @param sameSpecs whether its agent knows what we want on it
     */
    public HostDecision onHeartbeat(@Nullable HostRecord before, HostHeartbeat said, boolean sameSpecs, Instant now) {
        if (before != null && !before.dead() && !before.isSameMachine(said)) {
            // Another machine may have the name once this one is dead.
            return HostDecision.quietly(
                    before.seconded(new Second(said.inventory().machineId(), now)));
        }
        if (before != null && !before.olderThan(said.epoch(), said.counter())) {
            return HostDecision.NOTHING;
        }
        Death death = before == null ? null : before.death();
        String note = "";
        if (death != null) {
            boolean clean = said.leftovers() == 0 && sameSpecs;
            note = clean ? "" : unclean(said, death);
            death = clean ? null : death;
        }
        HostRecord next = new HostRecord(
                said.host(),
                said.epoch(),
                said.counter(),
                said.inventory(),
                said.every(),
                now,
                now,
                State.ALIVE,
                death,
                before == null ? null : still(before.second(), now),
                note,
                now.plus(suspectAfter(said.every())));
        boolean pools = before == null
                || before.state() != State.ALIVE
                || before.lost() != next.lost()
                || !before.inventory().equals(next.inventory());
        return new HostDecision(next, pools, heard(before, next, said), null);
    }

    /**
     * Does what {@link HostRecord#due} announced.
     *
     * @param listening whether everything that hosts have said was taken
     * @param fence how far the host is cut off; null: that is for another participant to see to
     */
    public HostDecision onDue(HostRecord before, boolean listening, @Nullable Fence fence, Instant now) {
        Instant due = before.due();
        if (due == null || now.isBefore(due)) {
            return HostDecision.NOTHING;
        }
        return listening ? judge(before, fence, now) : HostDecision.quietly(doubt(before, now));
    }

    /** Takes note that its silence says nothing, up to now: we did not listen. */
    public HostRecord doubt(HostRecord before, Instant now) {
        Duration patient = switch (before.state()) {
            case ALIVE -> suspectAfter(before.every());
            case SUSPECT -> patience.lostAfter();
            case LOST -> patience.lookAgain();
        };
        return before.due() == null ? before : before.countedFrom(now, now.plus(patient));
    }

    /** Takes what another participant says. */
    public HostDecision onDead(@Nullable HostRecord before, HostDead said) {
        if (before == null
                || before.epoch() > said.epoch()
                || before.epoch() == said.epoch() && before.counter() > said.counter()) {
            return HostDecision.NOTHING;
        }
        Death known = before.death();
        if (known != null && (known.cause() == Cause.OPERATOR || known.cause() == said.cause())) {
            return HostDecision.NOTHING;
        }
        Death death = new Death(said.cause(), said.at(), said.by(), false);
        HostRecord next = before.died(death, said.epoch(), said.counter(), note(death), null);
        return new HostDecision(next, true, Parts.TOLD, null);
    }

    /** Takes an operator's word that a host runs nothing any more; empty if it speaks. */
    public Optional<HostDecision> declareDead(HostRecord before, String operator, Instant now) {
        if (before.state() == State.ALIVE) {
            return Optional.empty();
        }
        return Optional.of(die(before, new Death(Cause.OPERATOR, now, operator, true), now));
    }

    private static Parts heard(@Nullable HostRecord before, HostRecord next, HostHeartbeat said) {
        if (before == null) {
            return Parts.LEFT_ALONE;
        }
        if (before.lost() && !next.lost() || !before.hasSameKey(said)) {
            return Parts.TOLD;
        }
        // What was put off as long as a storage host was silent is due now.
        return before.state() == State.SUSPECT && !next.dead() ? Parts.LOOKED_AT : Parts.LEFT_ALONE;
    }

    private HostDecision judge(HostRecord before, @Nullable Fence fence, Instant now) {
        Instant lostAt = before.countedFrom().plus(patience.lostAfter());
        return switch (before.state()) {
            case ALIVE, SUSPECT -> {
                boolean lost = !now.isBefore(lostAt);
                HostRecord next = lost
                        ? before.in(State.LOST, before.dead() ? before.note() : "silent", now)
                        : before.in(State.SUSPECT, before.note(), lostAt);
                yield new HostDecision(next, true, told(lost && !before.dead()), null);
            }
            case LOST -> before.death() == null ? fence(before, fence, now) : sayAgain(before, now);
        };
    }

    private HostDecision fence(HostRecord before, @Nullable Fence fence, Instant now) {
        if (fence == null) {
            return HostDecision.quietly(before.in(
                    State.LOST,
                    "silent; storage cuts it off from its disks, or an operator says that it is dead",
                    null));
        }
        if (fence.isPointless()) {
            String note = "silent; it has no disks to be cut off from: an operator must say whether it is dead";
            return HostDecision.quietly(before.in(State.LOST, note, now.plus(patience.sayAgain())));
        }
        if (!fence.isClosed()) {
            String note =
                    "silent; is being cut off from its disks, " + fence.revoked() + " of " + fence.exports() + " done";
            return new HostDecision(
                    before.in(State.LOST, note, now.plus(patience.lookAgain())), false, Parts.LOOKED_AT, null);
        }
        return die(before, new Death(Cause.FENCED, now, service, true), now);
    }

    private HostDecision die(HostRecord before, Death death, Instant now) {
        HostRecord next =
                before.died(death, before.epoch(), before.counter(), note(death), now.plus(patience.sayAgain()));
        return new HostDecision(next, true, Parts.TOLD, said(next, death));
    }

    private HostDecision sayAgain(HostRecord before, Instant now) {
        Death death = before.death();
        return death == null || !death.ours()
                ? HostDecision.quietly(before.in(State.LOST, before.note(), null))
                : new HostDecision(
                        before.in(State.LOST, before.note(), now.plus(patience.sayAgain())),
                        false,
                        Parts.LEFT_ALONE,
                        said(before, death));
    }

    private static Parts told(boolean happened) {
        return happened ? Parts.TOLD : Parts.LEFT_ALONE;
    }

    private static HostDead said(HostRecord host, Death death) {
        return new HostDead(host.host(), host.epoch(), host.counter(), death.cause(), death.at(), death.by());
    }

    private static String note(Death death) {
        return switch (death.cause()) {
            case FENCED -> "dead: was seen cut off from its disks at " + death.at();
            case OPERATOR -> "dead: so said " + death.by() + " at " + death.at();
        };
    }

    private static String unclean(HostHeartbeat said, Death death) {
        return "was dead since " + death.at() + ", is back and not yet clean: "
                + (said.leftovers() == 0
                        ? "it does not know what is wanted on it"
                        : said.leftovers() + " things on it are to go");
    }

    private @Nullable Second still(@Nullable Second second, Instant now) {
        return second == null || second.seenAt().plus(patience.lostAfter()).isBefore(now) ? null : second;
    }

    private static Duration suspectAfter(Duration every) {
        return every.multipliedBy(SUSPECT_AFTER);
    }
}

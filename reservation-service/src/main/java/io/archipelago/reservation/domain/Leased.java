package io.archipelago.reservation.domain;

import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An {@link Allocation} that is a lease: it may be revised. */
public sealed interface Leased extends Allocation {

    /** What was chosen. */
    Facts.OfSite facts();

    /** What to know of the other sites. */
    Facts.OfCluster cluster();

    /** That it is to be other than it is; null: it is not. */
    @Nullable
    Revision revision();

    /** All that is booked for it, as far as participants were asked: what it has, and what it may come to have. */
    default AllocationSpec booked() {
        return switch (revision()) {
            case Revision.Extending extending -> extending.extension().spec();
            case Revision.Granted granted -> granted.booked();
            case null, default -> header().spec();
        };
    }

    /** How many times those that said nothing were asked. */
    int asked();

    /** The same, to be other than it is; null: it is not. */
    Leased revised(@Nullable Revision other);

    /** The same by what was chosen, and by what is known of the other sites. */
    Leased with(Facts.OfSite chosen, Facts.OfCluster known);

    /** The participants are told something under another sequence, and all are to answer it. */
    Leased told(Header other, Instant again);

    Leased askedAgain(Instant again);

    /** The same once all have answered. */
    Leased settled();

    /** The same once the master has said something, by what is known of the other sites then. */
    Leased heard(Header other, Facts.OfCluster known);

    /**
     * It begins and ends by this site's own clock.
     *
     * @param header see {@link Header}
     * @param facts what was chosen
     * @param cluster what to know of the other sites
     * @param deployAt when it begins
     * @param revision see {@link Leased#revision()}
     * @param answered who has answered what was told last
     * @param asked see {@link Leased#asked()}
     * @param askAgainAt when to ask again; null: all have answered
     */
    record Confirmed(
            Header header,
            Facts.OfSite facts,
            Facts.OfCluster cluster,
            Instant deployAt,
            @Nullable Revision revision,
            Set<Participant> answered,
            int asked,
            @Nullable Instant askAgainAt)
            implements Leased {
        public Confirmed {
            // A row of before leases could be revised has none.
            answered = answered == null ? Set.of() : Set.copyOf(answered);
        }

        /** All have confirmed. */
        public Confirmed(Header header, Facts.OfSite facts, Facts.OfCluster cluster, Instant deployAt) {
            this(header, facts, cluster, deployAt, null, Set.of(), 0, null);
        }

        @Override
        public Confirmed settled() {
            return new Confirmed(header, facts, cluster, deployAt, revision, answered, asked, null);
        }

        @Override
        public Confirmed heard(Header other, Facts.OfCluster known) {
            return new Confirmed(other, facts, known, deployAt, revision, answered, asked, askAgainAt);
        }

        Confirmed withHeader(Header other) {
            return heard(other, cluster);
        }

        Confirmed deployingAt(Instant instant) {
            return new Confirmed(header, facts, cluster, instant, revision, answered, asked, askAgainAt);
        }

        @Override
        public Confirmed revised(@Nullable Revision other) {
            return new Confirmed(header, facts, cluster, deployAt, other, answered, asked, askAgainAt);
        }

        @Override
        public Confirmed with(Facts.OfSite chosen, Facts.OfCluster known) {
            return new Confirmed(header, chosen, known, deployAt, revision, answered, asked, askAgainAt);
        }

        @Override
        public Confirmed told(Header other, Instant again) {
            return new Confirmed(other, facts, cluster, deployAt, revision, Set.of(), 1, again);
        }

        @Override
        public Confirmed askedAgain(Instant again) {
            return new Confirmed(header, facts, cluster, deployAt, revision, answered, asked + 1, again);
        }

        Confirmed with(Participant participant) {
            Set<Participant> all = Allocation.more(answered, participant);
            boolean heardAll = all.size() == Participant.values().length;
            return new Confirmed(header, facts, cluster, deployAt, revision, all, asked, heardAll ? null : askAgainAt);
        }

        @Override
        public Instant due() {
            return earliest(deployAt, askAgainAt, revision);
        }
    }

    /**
     * The lease has begun.
     *
     * @param header see {@link Header}
     * @param facts what was chosen
     * @param cluster what to know of the other sites
     * @param parts how far each participant is
     * @param answered who has answered what was told last
     * @param revision see {@link Leased#revision()}
     * @param asked see {@link Leased#asked()}
     * @param askAgainAt when to ask again; null: all have answered
     */
    record Running(
            Header header,
            Facts.OfSite facts,
            Facts.OfCluster cluster,
            Map<Participant, PartStatus> parts,
            Set<Participant> answered,
            @Nullable Revision revision,
            int asked,
            @Nullable Instant askAgainAt)
            implements Leased {
        public Running {
            parts = Map.copyOf(parts);
            answered = Set.copyOf(answered);
        }

        /** The participants are told to deploy. */
        static Running begin(Header header, Facts.OfSite facts, Facts.OfCluster cluster, Instant askAgainAt) {
            return new Running(header, facts, cluster, Map.of(), Set.of(), null, 1, askAgainAt);
        }

        Running withHeader(Header other) {
            return new Running(other, facts, cluster, parts, answered, revision, asked, askAgainAt);
        }

        @Override
        public Running with(Facts.OfSite chosen, Facts.OfCluster known) {
            return new Running(header, chosen, known, parts, answered, revision, asked, askAgainAt);
        }

        @Override
        public Running revised(@Nullable Revision other) {
            return new Running(header, facts, cluster, parts, answered, other, asked, askAgainAt);
        }

        @Override
        public Running told(Header other, Instant again) {
            return new Running(other, facts, cluster, parts, Set.of(), revision, 1, again);
        }

        @Override
        public Running settled() {
            return new Running(header, facts, cluster, parts, answered, revision, asked, null);
        }

        @Override
        public Running heard(Header other, Facts.OfCluster known) {
            return new Running(other, facts, known, parts, answered, revision, asked, askAgainAt);
        }

        /** A participant says how far it is, without having done what it was told last. */
        Running saying(Participant participant, PartStatus status) {
            Map<Participant, PartStatus> more = new EnumMap<>(Participant.class);
            more.putAll(parts);
            more.put(participant, status);
            return new Running(header, facts, cluster, more, answered, revision, asked, askAgainAt);
        }

        Running with(Participant participant, PartStatus status) {
            Map<Participant, PartStatus> more = saying(participant, status).parts;
            Set<Participant> all = Allocation.more(answered, participant);
            boolean extending = revision instanceof Revision.Extending;
            boolean heardAll = !extending && all.size() == Participant.values().length;
            return new Running(header, facts, cluster, more, all, revision, asked, heardAll ? null : askAgainAt);
        }

        @Override
        public Running askedAgain(Instant again) {
            return new Running(header, facts, cluster, parts, answered, revision, asked + 1, again);
        }

        @Override
        public Instant due() {
            return earliest(header.spec().window().end(), askAgainAt, revision);
        }
    }

    private static Instant earliest(Instant last, @Nullable Instant askAgainAt, @Nullable Revision revision) {
        return Stream.of(askAgainAt, revision == null ? null : revision.due())
                .filter(Objects::nonNull)
                .filter(last::isAfter)
                .min(Instant::compareTo)
                .orElse(last);
    }
}

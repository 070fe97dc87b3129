package io.archipelago.simulation;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Topics;
import io.archipelago.reservation.domain.Sites;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Everything that one history happens in. */
final class World {

    private static final List<String> NAMES = List.of("tokyo", "osaka", "nagoya");

    private final Dice dice;
    private final Scheduler scheduler = new Scheduler();
    private final Set<Mutation> mutations = EnumSet.noneOf(Mutation.class);
    private final Story story;
    private final Storable storable;
    private final Figures figures;
    private final Invariants invariants;
    private final List<Site> sites = new ArrayList<>();
    private final Map<SiteId, Integer> numbers = new TreeMap<>();
    private final Map<SiteId, String> federation = new HashMap<>();
    private final Map<Set<SiteId>, Long> cuts = new HashMap<>();
    private final boolean hostsFail;
    private final boolean strays;
    private final boolean lossy;
    private boolean setBack;
    private final Set<Deed> deeds = EnumSet.noneOf(Deed.class);
    private long messages;
    private boolean calm;
    private boolean workloadOver;

    World(long seed, Set<Mutation> mutations, Story story, Storable storable) {
        this.dice = new Dice(seed);
        this.mutations.addAll(mutations);
        this.story = story;
        this.storable = storable;
        this.hostsFail = dice.chance(0.35);
        this.strays = hostsFail && dice.chance(0.4);
        this.lossy = dice.chance(0.2);
        this.figures = Figures.thrown(dice);
        this.invariants = new Invariants(this);
        for (int i = 0; i < NAMES.size(); i++) {
            numbers.put(new SiteId(NAMES.get(i)), i + 1);
        }
        numbers.keySet().forEach(site -> federation.put(site, Topics.federationTo(site)));
        // The model of the agent is faster and reorders what it says; production's is the one that counts.
        boolean realAgents = dice.chance(0.3)
                && !mutations.contains(Mutation.AGENT_IGNORES_USERS)
                && !mutations.contains(Mutation.AGENT_FORGETS);
        numbers.forEach((id, number) -> sites.add(new Site(this, id, number, realAgents)));
        sites.forEach(Site::connect);
    }

    Dice dice() {
        return dice;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    Story story() {
        return story;
    }

    Figures figures() {
        return figures;
    }

    Invariants invariants() {
        return invariants;
    }

    List<Site> sites() {
        return sites;
    }

    Site site(SiteId id) {
        return sites.stream().filter(s -> s.id().equals(id)).findFirst().orElseThrow();
    }

    List<SiteId> peersOf(SiteId site) {
        return numbers.keySet().stream().filter(s -> !s.equals(site)).toList();
    }

    Sites sitesSeenFrom(SiteId own) {
        return new Sites(own, numbers);
    }

    String federationTo(SiteId site) {
        return federation.getOrDefault(site, "");
    }

    boolean broken(Mutation mutation) {
        return mutations.contains(mutation);
    }

    long newMessageId() {
        return ++messages;
    }

    long latency() {
        return dice.latency(calm);
    }

    /** Whether all faults are over. */
    boolean calm() {
        return calm;
    }

    void calm(boolean now) {
        calm = now;
    }

    /** Whether nothing new is asked for any more. */
    boolean workloadOver() {
        return workloadOver;
    }

    void endWorkload() {
        workloadOver = true;
    }

    /** Whether no site can ask anything of another any more; until then hosts go on speaking, and are judged. */
    boolean isSettled() {
        return workloadOver
                && sites.stream().noneMatch(site -> site.reservation().somethingIsOpen());
    }

    /** Whether hosts may fail; they speak then, and what is wanted on them may be lost on its way. */
    boolean hostsFail() {
        return hostsFail;
    }

    /** Whether a relay that was thought dead may send late what is wanted on hosts, too. A host has no inbox, but a memory. */
    boolean strays() {
        return strays;
    }

    /** Whether what one site says to another may be lost for good. */
    boolean lossy() {
        return lossy;
    }

    /** Whether what is broken on purpose shows only if a database is set back, and then rarely enough. */
    boolean showsWhenSetBack() {
        return broken(Mutation.SET_BACK_UNNOTICED)
                || broken(Mutation.FLOOR_FORGOTTEN)
                || broken(Mutation.ORPHANS_ENDED);
    }

    /** Whether the database of a reservation-service was set back: some of what was promised before is then forgotten. */
    boolean setBack() {
        return setBack;
    }

    void setBack(boolean now) {
        setBack = now;
    }

    /** Keeps two sites apart until an instant of true time. */
    void cut(SiteId one, SiteId other, long until) {
        cuts.merge(Set.of(one, other), until, Math::max);
    }

    void healCuts() {
        cuts.clear();
    }

    long cutUntil(SiteId one, SiteId other) {
        return one.equals(other) ? 0 : cuts.getOrDefault(Set.of(one, other), 0L);
    }

    /** Notes that something was seen. */
    void did(Deed deed) {
        deeds.add(deed);
    }

    Set<Deed> deeds() {
        return deeds;
    }

    void tell(Service who, Supplier<String> what) {
        story.tell(who.now(), who.toString(), what);
    }

    void tell(Site site, String who, Supplier<String> what) {
        story.tell(site.now(), site.id() + "/" + who, what);
    }

    void storable(Posted posted) {
        storable.check(posted);
    }

    void storable(Class<?> declared, Object state) {
        storable.check(declared, state);
    }
}

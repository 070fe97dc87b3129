package io.archipelago.simulation;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.contracts.host.ResourceSpec.CacheSpec;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import io.archipelago.contracts.host.SpecDigest;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A host with a small model of the agent: it makes what is desired, removes what is not, in the agent's order, and says what it sees; it fails,
 * repeats itself, dies and starts anew.
 */
final class ModelHost implements Host {

    private record Said(long generation, Phase phase) {}

    private final World world;
    private final Site site;
    private final HostId id;
    private final Map<ResourceKey, DesiredResource> desired = new LinkedHashMap<>();
    private final Map<ResourceKey, ResourceSpec> things = new LinkedHashMap<>();
    private final Map<ResourceKey, Said> said = new HashMap<>();
    private final Set<ResourceKey> looking = new HashSet<>();
    /** Of what its owners were done with the last generation; outlives the agent. */
    private final Map<ResourceKey, Long> past = new HashMap<>();

    private final Map<ResourceKey, DesiredResource> copy = new LinkedHashMap<>();
    private long epoch = 1;
    private long counter;
    private boolean up = true;
    private boolean cut;
    private boolean on = true;
    private boolean destroyed;
    private long spokeAt;
    private long atWorkSince;

    ModelHost(World world, Site site, HostId id) {
        this.world = world;
        this.site = site;
        this.id = id;
        if (world.hostsFail()) {
            beat();
        }
    }

    @Override
    public HostId id() {
        return id;
    }

    @Override
    public Map<ResourceKey, ResourceSpec> things() {
        return things;
    }

    @Override
    public boolean isUp() {
        return up && !cut;
    }

    @Override
    public void cut() {
        cut = true;
    }

    @Override
    public void switchOff() {
        crash();
        on = false;
        things.keySet().removeIf(key -> key.kind() != ResourceKind.VOLUME);
    }

    @Override
    public void destroy() {
        switchOff();
        things.clear();
        destroyed = true;
    }

    @Override
    public void mend() {
        if (destroyed) {
            return;
        }
        on = true;
        if (cut) {
            cut = false;
            said.clear();
            site.broker().lanesOf(this).forEach(Lane::poll);
            desired.keySet().forEach(this::look);
        }
        restart();
    }

    @Override
    public boolean isOn() {
        return on;
    }

    @Override
    public boolean isDestroyed() {
        return destroyed;
    }

    @Override
    public long spokeAt() {
        return spokeAt;
    }

    @Override
    public long atWorkSince() {
        return up ? atWorkSince : Long.MAX_VALUE;
    }

    @Override
    public void take(Lane.Delivery delivery) {
        desire(delivery.posted());
        delivery.done();
    }

    @Override
    public void crash() {
        up = false;
        copy.putAll(desired);
        desired.clear();
        said.clear();
        looking.clear();
    }

    @Override
    public void restart() {
        if (up || !on) {
            return;
        }
        up = true;
        atWorkSince = world.scheduler().now();
        epoch++;
        counter = 0;
        // It reads its topic from the start to the end before it acts, if it can.
        if (cut || !world.broken(Mutation.AGENT_FORGETS)) {
            // It goes by what its predecessor kept.
            desired.putAll(copy);
            desired.values().forEach(this::lookAtExpiry);
        }
        copy.clear();
        if (!cut) {
            readAll();
        }
        things.keySet().forEach(this::look);
    }

    /** Reads its topic; of what it only remembers the tombstone came, and was compacted away, while it was down. */
    private void readAll() {
        Set<ResourceKey> unheard = new HashSet<>(desired.keySet());
        site.broker().lanesOf(this).forEach(Lane::skipToEnd);
        site.broker().compactedContents(Topics.desired(id)).forEach(posted -> {
            unheard.remove((ResourceKey) posted.key());
            desire(posted);
        });
        unheard.forEach(this::forget);
    }

    private void forget(ResourceKey key) {
        DesiredResource known = desired.remove(key);
        if (known != null) {
            past.put(key, known.generation());
        }
        said.remove(key);
    }

    @Override
    public void clockJumped() {
        desired.values().forEach(this::lookAtExpiry);
    }

    @Override
    public void poke() {
        desired.keySet().stream().filter(key -> key.kind() == ResourceKind.DISK).forEach(this::look);
    }

    private void desire(Posted posted) {
        ResourceKey key = (ResourceKey) posted.key();
        if (posted.message() instanceof DesiredResource spec) {
            DesiredResource known = desired.get(key);
            if (past.getOrDefault(key, 0L) > spec.generation() && !world.broken(Mutation.AGENT_FORGETS)) {
                world.did(Deed.STRAY_IGNORED);
                said.remove(key);
                say(key, past.getOrDefault(key, 0L), Phase.ABSENT, "its owner was done with it");
                return;
            }
            if (known == null || known.generation() <= spec.generation()) {
                desired.put(key, spec);
                past.remove(key);
                lookAtExpiry(spec);
            }
            said.remove(key);
        } else {
            forget(key);
        }
        look(key);
    }

    private void lookAtExpiry(DesiredResource spec) {
        Instant notAfter = spec.notAfter();
        if (notAfter != null) {
            world.scheduler().at(site.trueTime(notAfter) + 1, () -> look(spec.key()));
        }
    }

    private void look(ResourceKey key) {
        long work = world.calm()
                ? world.dice().between(10_000L, 500_000L)
                : world.dice().between(10_000L, world.dice().chance(0.05) ? 90_000_000L : 3_000_000L);
        lookAfter(key, work);
    }

    private void lookAfter(ResourceKey key, long delay) {
        if (up && looking.add(key)) {
            long now = epoch;
            world.scheduler().after(delay, () -> {
                if (up && epoch == now) {
                    looking.remove(key);
                    act(key);
                }
            });
        }
    }

    private void act(ResourceKey key) {
        DesiredResource wanted = desired.get(key);
        if (wanted == null) {
            if (things.containsKey(key)) {
                say(key, 0, Phase.READY, "nobody desires it");
            }
            return;
        }
        boolean work = !wanted.absent() || things.containsKey(key);
        if (work && !world.calm() && world.dice().chance(0.04)) {
            say(key, wanted.generation(), Phase.FAILED, "a simulated fault");
            lookAfter(key, world.dice().between(1_000_000L, 20_000_000L));
        } else if (wanted.absent() || expired(wanted)) {
            remove(key, wanted);
        } else {
            make(key, wanted);
        }
    }

    private void remove(ResourceKey key, DesiredResource wanted) {
        if (things.containsKey(key)) {
            boolean used = things.values().stream()
                    .anyMatch(other ->
                            Physics.uses(other).contains(key) && !(other instanceof CacheSpec && expired(wanted)));
            if (used && !world.broken(Mutation.AGENT_IGNORES_USERS)) {
                say(key, wanted.generation(), Phase.PENDING, "waits for its users");
                return;
            }
            Physics.remove(site, id, things, key, wanted.notAfter());
            things.remove(key);
            if (!wanted.absent()) {
                world.did(Deed.STOPPED_BY_THE_AGENT_ITSELF);
            }
            world.tell(site, id.value(), () -> "removed " + Words.of(key));
            changed(key);
        }
        say(key, wanted.generation(), Phase.ABSENT, wanted.absent() ? "" : "its time is over");
    }

    private void make(ResourceKey key, DesiredResource wanted) {
        if (!wanted.spec().equals(things.get(key))) {
            if (!hasWhatItNeeds(wanted.spec())) {
                say(key, wanted.generation(), Phase.PENDING, "waits for what it needs");
                lookAfter(key, world.dice().between(1_000_000L, 15_000_000L));
                return;
            }
            Physics.make(site, id, things, key, wanted.spec());
            things.put(key, wanted.spec());
            world.tell(site, id.value(), () -> "made " + Words.of(key));
            changed(key);
        }
        if (isCutOff(wanted.spec())) {
            say(key, wanted.generation(), Phase.FAILED, "cut off from its volume");
            lookAfter(key, world.dice().between(1_000_000L, 15_000_000L));
        } else {
            say(key, wanted.generation(), Phase.READY, "");
        }
    }

    private boolean isCutOff(ResourceSpec spec) {
        return spec instanceof DiskSpec disk && !exported(disk)
                || spec instanceof MachineSpec machine
                        && things.get(machine.disk()) instanceof DiskSpec own
                        && !exported(own);
    }

    private boolean hasWhatItNeeds(ResourceSpec spec) {
        if (spec instanceof DiskSpec disk && !exported(disk)) {
            return false;
        }
        return Physics.uses(spec).stream().allMatch(need -> {
            DesiredResource needed = desired.get(need);
            return things.containsKey(need) && needed != null && !needed.absent() && !expired(needed);
        });
    }

    private boolean exported(DiskSpec disk) {
        Host storage = site.host(disk.storageHost());
        return storage.isOn()
                && storage.things().get(disk.volume()) instanceof VolumeSpec volume
                && id.equals(volume.initiator());
    }

    private void changed(ResourceKey key) {
        desired.keySet().stream().filter(other -> !other.equals(key)).forEach(this::look);
        if (key.kind() == ResourceKind.VOLUME) {
            site.hosts().forEach(Host::poke);
        }
    }

    private boolean expired(DesiredResource wanted) {
        Instant notAfter = wanted.notAfter();
        return notAfter != null && !site.now().isBefore(notAfter) && !world.broken(Mutation.AGENT_IGNORES_THE_END);
    }

    private void beat() {
        world.scheduler()
                .after(Figures.HEARTBEAT.toNanos() / 1000 + world.dice().between(0, 1_000_000), () -> {
                    if (!destroyed && !site.isSettled()) {
                        if (up && !cut) {
                            heartbeat();
                        }
                        beat();
                    }
                });
    }

    private void heartbeat() {
        Map<Participant, Map<ResourceKey, Long>> generations = new EnumMap<>(Participant.class);
        for (Participant owner : Participant.values()) {
            generations.put(owner, new HashMap<>());
        }
        desired.forEach((key, spec) ->
                Objects.requireNonNull(generations.get(key.kind().owner())).put(key, spec.generation()));
        Map<Participant, String> digests = new EnumMap<>(Participant.class);
        generations.forEach((owner, known) -> digests.put(owner, SpecDigest.of(known)));
        int leftovers = 0;
        for (ResourceKey key : things.keySet()) {
            DesiredResource wanted = desired.get(key);
            leftovers += wanted == null || wanted.absent() || expired(wanted) ? 1 : 0;
        }
        HostHeartbeat said = site.heartbeat(id, epoch, ++counter, digests, leftovers);
        Posted posted = new Posted(world.newMessageId(), Topics.observed(id), id, null, said);
        world.storable(posted);
        world.scheduler().after(world.latency(), () -> {
            if (isUp() && said.epoch() == epoch) {
                spokeAt = world.scheduler().now();
                site.broker().append(posted);
            }
        });
    }

    private void say(ResourceKey key, long generation, Phase phase, String reason) {
        Said now = new Said(generation, phase);
        if (now.equals(said.put(key, now)) && !world.dice().chance(0.02)) {
            return;
        }
        ResourceObserved observed =
                new ResourceObserved(id, epoch, ++counter, key, generation, phase, reason, Map.of(), id.value());
        Posted posted =
                new Posted(world.newMessageId(), Site.observed(id, key.kind().owner()), key, null, observed);
        world.storable(posted);
        world.scheduler().after(world.latency(), () -> {
            // What a dying agent had not yet sent is lost; the next one says everything again.
            if (isUp() && observed.epoch() == epoch) {
                site.broker().append(posted);
            }
        });
    }
}

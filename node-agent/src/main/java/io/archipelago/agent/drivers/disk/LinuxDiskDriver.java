package io.archipelago.agent.drivers.disk;

import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.IscsiNames;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.agent.os.KernelTree;
import io.archipelago.agent.os.Programs;
import io.archipelago.agent.world.Unsealer;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * LUNs attached by open-iscsi. A session is told by its target's name, its LUN by the serial number that the volume bears: one with
 * another is never used. {@link DiskPaths} tells where the block device is.
 *
 * <p>A storage host that goes away takes nothing with it: the kernel keeps what is written while the session comes back by itself, for as
 * long as it was told to. Such a session is left alone, unless it can not come back as it was begun.
 */
public final class LinuxDiskDriver implements Driver<DiskSpec>, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(LinuxDiskDriver.class);
    private static final List<Path> RECORDS = List.of(Path.of("/etc/iscsi/nodes"), Path.of("/var/lib/iscsi/nodes"));

    /** How long a LUN may take to show after the login. */
    private static final Duration TO_SHOW = Duration.ofSeconds(5);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

    /** How long a login may hold up everything else: some ten times as long as one takes. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final HostId host;
    private final Sessions sessions;
    private final Records records;
    private final DiskPaths paths;
    private final Rescanner rescanner;
    private final Unsealer unsealer;
    private final Errands errands;
    private final Duration keepWrites;

    LinuxDiskDriver(
            HostId host,
            Sessions sessions,
            Records records,
            DiskPaths paths,
            Rescanner rescanner,
            Unsealer unsealer,
            Errands errands,
            Duration keepWrites) {
        this.host = host;
        this.sessions = sessions;
        this.records = records;
        this.paths = paths;
        this.rescanner = rescanner;
        this.unsealer = unsealer;
        this.errands = errands;
        this.keepWrites = keepWrites;
    }

    /**
     * The driver of a host.
     *
     * @param keepWrites how long what is written is kept while its storage host does not answer, whole seconds
     */
    public static LinuxDiskDriver of(
            HostId host, Programs programs, DiskPaths paths, Unsealer unsealer, Duration keepWrites) {
        return of(host, programs, paths, unsealer, keepWrites, PATIENCE);
    }

    static LinuxDiskDriver of(
            HostId host,
            Programs programs,
            DiskPaths paths,
            Unsealer unsealer,
            Duration keepWrites,
            Duration patience) {
        KernelTree sys = new KernelTree(Path.of("/sys"));
        Records records = new Records(RECORDS);
        return new LinuxDiskDriver(
                host,
                new Sessions(sys, records, programs),
                records,
                paths,
                new Rescanner(sys),
                unsealer,
                new Errands(patience),
                keepWrites);
    }

    /**
     * Has fail what the kernel keeps to be written to a disk while its storage host does not answer or does not let this host in: nobody needs it any more,
     * and no program can end before. A disk that can be written to is left alone.
     */
    public void giveUpWrites(ResourceKey disk) throws DriverFault {
        for (Session session : sessions.all()) {
            if (!session.works() && session.key().filter(disk::equals).isPresent()) {
                LOG.infof("disk=%s gives up what could not be written to it", disk);
                sessions.end(session);
            }
        }
    }

    @Override
    public ResourceKind kind() {
        return ResourceKind.DISK;
    }

    @Override
    public Class<DiskSpec> specType() {
        return DiskSpec.class;
    }

    @Override
    public Map<ResourceKey, Observed> observe(Map<ResourceKey, DiskSpec> wanted, Instant now) throws DriverFault {
        Map<ResourceKey, Observed> seen = new LinkedHashMap<>();
        Map<ResourceKey, String> blocks = new HashMap<>();
        // Taken first: what ends while the host is looked at is seen as it was before.
        Map<ResourceKey, Observed> going = going();
        errands.keep(wanted.keySet());
        for (Session session : sessions.all()) {
            ResourceKey key = session.key().orElse(null);
            if (key == null) {
                continue;
            }
            Observed other = seen.put(key, observed(session, wanted.get(key)));
            if (other != null) {
                seen.put(key, broken("there are two sessions with volumes of this name"));
            } else if (session.lun() != null && session.isGenuine()) {
                blocks.put(key, session.lun().block());
            }
        }
        for (String target : records.targets()) {
            IscsiNames.volume(target)
                    .ifPresent(volume -> seen.putIfAbsent(
                            new ResourceKey(ResourceKind.DISK, volume.id()),
                            broken("open-iscsi knows its target, and there is no session")));
        }
        seen.putAll(going);
        paths.lead(blocks);
        rescanner.look(blocks.values(), now);
        return seen;
    }

    @Override
    public void apply(ResourceKey key, DiskSpec spec, Instant now) throws DriverFault {
        if (!spec.volume().id().equals(key.id())) {
            throw DriverFault.failed("a disk is called like its volume, not like " + spec.volume());
        }
        Optional<String> secret = unsealer.unseal(spec.sealedChapSecret());
        if (secret.isEmpty()) {
            throw DriverFault.failed("the secret for CHAP was not sealed to this host");
        }
        Login login = new Login(
                IscsiNames.target(spec.storageHost(), spec.volume()),
                spec.portal(),
                IscsiNames.initiator(host),
                spec.chapUser(),
                secret.get(),
                keepWrites);
        errands.run(key, "the storage host " + spec.storageHost(), Condition.MAKING, () -> {
            for (String target : targets(key)) {
                if (!target.equals(login.target())) {
                    sessions.logout(target);
                }
            }
            attach(login);
        });
    }

    @Override
    public void remove(ResourceKey key, Instant now) throws DriverFault {
        List<String> targets = targets(key);
        if (!targets.isEmpty()) {
            String storage = IscsiNames.storageHost(targets.getFirst())
                    .map(HostId::value)
                    .orElse("");
            errands.run(key, "the storage host " + storage, Condition.REMOVING, () -> {
                for (String target : targets) {
                    sessions.logout(target);
                }
            });
        }
    }

    @Override
    public void close() {
        errands.close();
        rescanner.close();
    }

    private Map<ResourceKey, Observed> going() {
        Map<ResourceKey, Observed> seen = new HashMap<>();
        for (ResourceKey key : errands.going()) {
            Condition condition = errands.condition(key);
            if (condition != null) {
                DriverFault fault = errands.fault(key, condition);
                String what = condition == Condition.MAKING ? "is being attached" : "is being detached";
                String reason = fault == null ? what : what + ", which failed before: " + fault.reason();
                seen.put(key, new Observed(condition, reason, Map.of(), Set.of()));
            }
        }
        return seen;
    }

    private void attach(Login login) throws DriverFault {
        Session session = find(login.target());
        if (session != null && !session.works()) {
            if (session.lun() != null && session.portal().equals(login.portal()) && records.agree(login)) {
                throw DriverFault.waiting(lost(session));
            }
            // Was never begun in full, or will be refused when it comes back: it does not heal by itself.
            sessions.logout(login.target());
            session = null;
        }
        if (session == null) {
            sessions.login(login);
        } else if (session.lun() == null) {
            sessions.rescan(session);
        }
        verify(shown(login.target()));
    }

    private void verify(Session session) throws DriverFault {
        if (!session.isGenuine()) {
            sessions.logout(session.target());
            throw DriverFault.failed(stranger(session));
        }
        if (session.lun() != null && session.lun().isOffline()) {
            sessions.revive(session.lun());
        }
    }

    /** The session with a target, once it shows its LUN and the kernel has asked that who it is. */
    private Session shown(String target) throws DriverFault {
        long end = System.nanoTime() + TO_SHOW.toNanos();
        while (true) {
            Session session = find(target);
            boolean late = System.nanoTime() > end;
            if (session != null
                    && session.lun() != null
                    && (late || !session.lun().serial().isEmpty())) {
                return session;
            }
            if (late) {
                throw DriverFault.waiting("the storage host shows no LUN");
            }
            try {
                Thread.sleep(BETWEEN_LOOKS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw DriverFault.waiting("the agent is being stopped");
            }
        }
    }

    private @Nullable Session find(String target) throws DriverFault {
        return sessions.all().stream()
                .filter(session -> session.target().equals(target))
                .findFirst()
                .orElse(null);
    }

    /** The targets of ours by the name of a disk of which there is a session or a record. */
    private List<String> targets(ResourceKey key) throws DriverFault {
        Set<String> targets = new LinkedHashSet<>(records.targets());
        sessions.all().forEach(session -> targets.add(session.target()));
        return targets.stream()
                .filter(target -> IscsiNames.volume(target)
                        .filter(volume -> volume.id().equals(key.id()))
                        .isPresent())
                .toList();
    }

    private Observed observed(Session session, @Nullable DiskSpec spec) throws DriverFault {
        if (spec != null && !session.target().equals(IscsiNames.target(spec.storageHost(), spec.volume()))) {
            return new Observed(Condition.DIFFERENT, "is a volume of another storage host", Map.of(), uses(session));
        }
        if (!session.works()) {
            return new Observed(Condition.BROKEN, lost(session), Map.of(), uses(session));
        }
        Session.Lun lun = session.lun();
        if (lun == null) {
            return new Observed(Condition.BROKEN, "the storage host shows no LUN", Map.of(), uses(session));
        }
        if (!session.isGenuine()) {
            return new Observed(Condition.BROKEN, stranger(session), Map.of(), uses(session));
        }
        if (lun.isOffline()) {
            return new Observed(Condition.BROKEN, "the kernel gave its device up", Map.of(), uses(session));
        }
        return new Observed(
                Condition.READY,
                "",
                Map.of(
                        "storageHost",
                        session.storageHost().map(HostId::value).orElse(""),
                        "device",
                        lun.block(),
                        "bytes",
                        Long.toString(lun.bytes())),
                uses(session));
    }

    /** A volume of this very host. */
    private Set<ResourceKey> uses(Session session) {
        return session.storageHost().filter(host::equals).flatMap(same -> IscsiNames.volume(session.target())).stream()
                .collect(Collectors.toUnmodifiableSet());
    }

    private static String lost(Session session) {
        return "the storage host at %s does not answer, or no longer lets this host in: what is written waits"
                .formatted(session.portal());
    }

    private static String stranger(Session session) {
        return "the LUN that the storage host shows is another volume: it bears the serial number '%s'. Nothing uses it; look for a wrong target %s"
                .formatted(session.lun() == null ? "" : session.lun().serial(), session.target());
    }

    private static Observed broken(String reason) {
        return new Observed(Condition.BROKEN, reason, Map.of(), Set.of());
    }
}

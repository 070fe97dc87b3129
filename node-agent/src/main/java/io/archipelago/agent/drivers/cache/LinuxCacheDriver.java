package io.archipelago.agent.drivers.cache;

import io.archipelago.agent.drivers.Beat;
import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.agent.drivers.cache.Questions.Answer;
import io.archipelago.agent.drivers.segment.SegmentNames;
import io.archipelago.agent.drivers.segment.SegmentPaths;
import io.archipelago.agent.os.InForce;
import io.archipelago.agent.os.KernelTree;
import io.archipelago.agent.os.Namespace;
import io.archipelago.agent.os.OwnDirectory;
import io.archipelago.agent.os.PacketFilter;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.CacheSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Package caches: a Squid for each cluster in its namespace on the gateway, through which its machines are led without their knowing.
 * While the proxy does not work they are not led through it, and reach the origin by themselves.
 *
 * <p>Each cache has a directory. It is the first thing that is made of it and the last that goes. That a proxy has ended is noticed at
 * the next look; whether it answers, what it has done, and whether machines are led through it is asked every {@link #ASK}.
 */
public final class LinuxCacheDriver implements Driver<CacheSpec> {

    /** Between two questions to a proxy that runs. */
    static final Duration ASK = Duration.ofSeconds(30);

    /** Most proxies take connections sooner; one with much on its disk needs longer. */
    private static final Duration TO_START = Duration.ofSeconds(3);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

    private final Programs programs;
    private final Path directory;
    private final PacketFilter filter;
    private final SegmentPaths segments;
    private final Questions questions = new Questions(new Beat(ASK));

    private LinuxCacheDriver(Programs programs, CacheSettings settings) {
        this.programs = programs;
        this.directory = settings.directory();
        this.filter = PacketFilter.ofHost(programs);
        this.segments = new SegmentPaths(programs);
    }

    /** The driver of a gateway. */
    public static LinuxCacheDriver of(Programs programs, CacheSettings settings) {
        return new LinuxCacheDriver(programs, settings);
    }

    @Override
    public ResourceKind kind() {
        return ResourceKind.CACHE;
    }

    @Override
    public Class<CacheSpec> specType() {
        return CacheSpec.class;
    }

    @Override
    public Map<ResourceKey, Observed> observe(Map<ResourceKey, CacheSpec> wanted, Instant now) throws DriverFault {
        Map<ResourceKey, Observed> seen = new LinkedHashMap<>();
        for (String id : new KernelTree(directory).names()) {
            // A file system has directories of its own, such as lost+found.
            ResourceKey key = ResourceKey.written(ResourceKind.CACHE, id).orElse(null);
            if (key != null) {
                seen.put(key, observed(key, wanted.get(key), now));
            }
        }
        return seen;
    }

    @Override
    public void apply(ResourceKey key, CacheSpec spec, Instant now) throws DriverFault {
        Namespace namespace = namespace(key);
        Optional<String> names = segments.address(spec.segment());
        if (names.isEmpty()) {
            throw DriverFault.waiting("waits for " + spec.segment());
        }
        directory(key).make();
        Squid squid = squid(key, namespace);
        Optional<Answer> last = squid.serves(spec) ? last(key, squid) : Optional.empty();
        if (last.filter(Answer::on).isPresent()) {
            return;
        }
        if (last.isEmpty() || !last.get().fault().isEmpty()) {
            interception(key, namespace).off();
            questions.forget(key);
            squid.start(spec, names.get());
        }
        ProcessHandle process = listening(squid);
        Map<String, String> details = squid.counters().details();
        interception(key, namespace).on(spec.origin());
        questions.note(key, new Answer(process.pid(), now, details, "", true));
    }

    /** What the proxy that runs said last, or would say if it was asked; nothing if none runs. */
    private Optional<Answer> last(ResourceKey key, Squid squid) throws DriverFault {
        return squid.running().map(process -> {
            Answer last = questions.last(key, process.pid());
            return last == null ? new Answer(process.pid(), Instant.EPOCH, Map.of(), "", false) : last;
        });
    }

    /** Machines are led through a proxy as soon as it takes connections, if it can be in this step. */
    private static ProcessHandle listening(Squid squid) throws DriverFault {
        long end = System.nanoTime() + TO_START.toNanos();
        while (true) {
            Optional<ProcessHandle> process = squid.running();
            if (process.isPresent() && Squid.listens(process.get())) {
                return process.get();
            }
            if (System.nanoTime() > end) {
                throw process.isPresent()
                        ? DriverFault.waiting("its proxy is starting")
                        : DriverFault.failed(doesNotRun(squid));
            }
            try {
                Thread.sleep(BETWEEN_LOOKS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw DriverFault.waiting("the agent is ending");
            }
        }
    }

    private static String doesNotRun(Squid squid) {
        return "its proxy does not run: look into " + squid.log();
    }

    @Override
    public void remove(ResourceKey key, Instant now) throws DriverFault {
        OwnDirectory own = directory(key);
        if (!new KernelTree(own.path()).exists()) {
            return;
        }
        Namespace namespace = namespace(key);
        interception(key, namespace).off();
        squid(key, namespace).end();
        own.delete();
        questions.forget(key);
    }

    private Observed observed(ResourceKey key, @Nullable CacheSpec spec, Instant now) throws DriverFault {
        ResourceKey segment = ResourceKey.of(ResourceKind.SEGMENT, key.allocation());
        Squid squid = squid(key, namespace(key));
        Optional<ProcessHandle> running = squid.running();
        if (running.isEmpty()) {
            return broken(doesNotRun(squid), segment);
        }
        if (!Squid.listens(running.get())) {
            return new Observed(Condition.MAKING, "its proxy is starting", Map.of(), Set.of(segment));
        }
        long pid = running.get().pid();
        Answer answer = questions.ask(key, pid, now, () -> ask(key, pid, now));
        if (answer == null) {
            return new Observed(Condition.MAKING, "its proxy has not answered yet", Map.of(), Set.of(segment));
        }
        if (!answer.fault().isEmpty()) {
            return broken("its proxy does not answer: " + answer.fault(), segment);
        }
        if (!answer.on()) {
            return broken("no machine is led through its proxy", segment);
        }
        if (spec != null && !squid.serves(spec)) {
            return new Observed(Condition.DIFFERENT, "is not as specified", Map.of(), Set.of(segment));
        }
        Map<String, String> details = new HashMap<>(answer.details());
        if (spec != null) {
            details.put("bytes", Long.toString(spec.bytes()));
            details.put("origin", spec.origin());
        }
        return new Observed(Condition.READY, "", details, Set.of(segment));
    }

    private Answer ask(ResourceKey key, long pid, Instant now) {
        Namespace namespace = namespace(key);
        Squid squid = squid(key, namespace);
        try {
            Map<String, String> details = squid.counters().details();
            boolean on = interception(key, namespace).isOn(squid.origin());
            return new Answer(pid, now, details, "", on);
        } catch (DriverFault fault) {
            return new Answer(pid, now, Map.of(), fault.reason(), false);
        }
    }

    private static Observed broken(String reason, ResourceKey segment) {
        return new Observed(Condition.BROKEN, reason, Map.of(), Set.of(segment));
    }

    /** That of the allocation's segment, of which there is one. */
    private Namespace namespace(ResourceKey key) {
        ResourceKey segment = ResourceKey.of(ResourceKind.SEGMENT, key.allocation());
        return new Namespace(new SegmentNames(segment).namespace(), programs);
    }

    private Squid squid(ResourceKey key, Namespace namespace) {
        return new Squid(namespace, directory(key));
    }

    private Interception interception(ResourceKey key, Namespace namespace) {
        return new Interception(filter, namespace, new InForce(directory(key), "interception.in-force"));
    }

    private OwnDirectory directory(ResourceKey key) {
        return new OwnDirectory(directory.resolve(key.id()));
    }
}

package io.archipelago.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.local.RunningStack;
import io.archipelago.local.ServiceKind;
import io.archipelago.local.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * What was done up to an instant, over both sites.
 *
 * @param at when
 * @param messages how many messages stand on the brokers' topics, by who said them: services, agents
 * @param transactions how many transactions wrote anything
 * @param cpu by process, with its descendants
 * @param memory by process, with its descendants, in bytes of proportional set size: what several share is divided among them
 * @param resident by process, with its descendants, in bytes of resident set size: what several share counts for each
 */
record Counters(
        Instant at,
        Map<Speaker, Long> messages,
        long transactions,
        Map<String, Duration> cpu,
        Map<String, Long> memory,
        Map<String, Long> resident) {

    private static final long BYTES_PER_KILOBYTE = 1_024;

    /** Whose messages. */
    enum Speaker {
        SERVICES,
        /** Observations and heartbeats; the latter come with time, whatever goes on. */
        AGENTS
    }

    static Counters read(RunningStack stack)
            throws IOException, InterruptedException, SQLException, ExecutionException {
        Map<Speaker, Long> messages = new HashMap<>();
        for (Site site : stack.stack().sites()) {
            count(stack.stack().bootstrapServers(site), messages);
        }
        // The next transaction id of the server: one is used up by every transaction that writes, in whatever database.
        long transactions = Long.parseLong(
                stack.query("tokyo", ServiceKind.RESERVATION, "select pg_snapshot_xmax(pg_current_snapshot())")
                        .getFirst());
        Map<String, Duration> cpu = new LinkedHashMap<>();
        Map<String, Long> memory = new LinkedHashMap<>();
        Map<String, Long> resident = new LinkedHashMap<>();
        for (JsonNode process : stack.status().get("processes")) {
            String name = process.get("name").asText();
            List<ProcessHandle> family = family(process.get("pid").asLong(), !name.equals("supervisor"));
            cpu.put(name, cpu(family));
            resident.put(
                    name, family.stream().mapToLong(one -> resident(one.pid())).sum());
            memory.put(name, process.get("memoryBytes").asLong());
        }
        return new Counters(Instant.now(), messages, transactions, cpu, memory, resident);
    }

    private static void count(String bootstrapServers, Map<Speaker, Long> messages)
            throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
            Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
            admin.describeTopics(admin.listTopics().names().get())
                    .allTopicNames()
                    .get()
                    .forEach((topic, description) -> description
                            .partitions()
                            .forEach(p -> ends.put(new TopicPartition(topic, p.partition()), OffsetSpec.latest())));
            admin.listOffsets(ends).all().get().forEach((partition, end) -> {
                Speaker speaker = partition.topic().endsWith(".observed.v1") ? Speaker.AGENTS : Speaker.SERVICES;
                messages.merge(speaker, end.offset(), Long::sum);
            });
        }
    }

    private static List<ProcessHandle> family(long pid, boolean withDescendants) {
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        return withDescendants
                ? Stream.concat(Stream.of(process), process.descendants()).toList()
                : List.of(process);
    }

    private static Duration cpu(List<ProcessHandle> family) {
        return family.stream()
                .map(one -> one.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** 0 if the process is gone. */
    static long resident(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * BYTES_PER_KILOBYTE)
                    .sum();
        } catch (IOException | UncheckedIOException gone) {
            return 0;
        }
    }

    /** What was done since then; the memory is that of now. */
    Counters since(Counters before) {
        Map<Speaker, Long> said = new HashMap<>();
        messages.forEach(
                (speaker, count) -> said.put(speaker, count - before.messages().getOrDefault(speaker, 0L)));
        Map<String, Duration> used = new LinkedHashMap<>();
        cpu.forEach((name, time) -> used.put(name, time.minus(before.cpu().getOrDefault(name, Duration.ZERO))));
        return new Counters(at, said, transactions - before.transactions(), used, memory, resident);
    }

    double cpuSeconds() {
        return cpu.values().stream().mapToLong(Duration::toNanos).sum() / 1e9;
    }
}

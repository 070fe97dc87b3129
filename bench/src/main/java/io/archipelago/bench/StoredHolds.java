package io.archipelago.bench;

import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.Uuid7;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.AllocationSpec.Software;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.local.RunningStack;
import io.archipelago.wire.Wire;
import io.archipelago.wire.Wire.UnreadableMessage;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Small clusters that placement holds as it does in production: the command is read from the broker, the booking is written to PostgreSQL, the answer is
 * sent. So many are under way that no step waits for another.
 */
final class StoredHolds {

    private static final String SITE = "tokyo";
    private static final int AT_ONCE = 256;
    private static final int WARM_UP = 500;
    private static final int AIM = 300;
    private static final int FLOOR_LOOPS = 5_000;
    private static final int P99 = 99;
    private static final int MEDIAN = 50;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration LIFE = Duration.ofHours(4);
    /** Over which the windows are spread, so that some overlap and nothing is refused. */
    private static final Duration SPREAD = Duration.ofDays(300);

    private static final long GIB = 1L << 30;

    private final KafkaProducer<String, String> commands;
    private final KafkaConsumer<String, String> answers;
    private final Random random;
    private final Map<AllocationId, Long> sent = new HashMap<>();

    private StoredHolds(KafkaProducer<String, String> commands, KafkaConsumer<String, String> answers, int seed) {
        this.commands = commands;
        this.answers = answers;
        this.random = new Random(seed);
    }

    /**
     * Starts two sites, measures at one of them, and stops them.
     *
     * @param count how many clusters are held, 1 or more
     * @return how many a second
     */
    static double run(int count, int seed, PrintStream out) throws Exception {
        out.printf("%nstarting two sites for holds through PostgreSQL and the broker ...%n");
        try (RunningStack stack = RunningStack.start(Map.of("AGENT_SIM_INSTANT", "true"))) {
            Floor floor = Floor.measure(stack, FLOOR_LOOPS, FLOOR_LOOPS);
            String servers = stack.stack().bootstrapServers(stack.site(SITE));
            try (KafkaProducer<String, String> commands = Floor.producer(servers);
                    KafkaConsumer<String, String> answers = Floor.consumer(servers)) {
                follow(answers);
                StoredHolds holds = new StoredHolds(commands, answers, seed);
                var ignored = holds.hold(WARM_UP);
                long begun = System.nanoTime();
                List<Long> took = holds.hold(count);
                double seconds = (System.nanoTime() - begun) / NANOS_PER_SECOND;
                lines(took, seconds, floor).forEach(out::println);
                return count / seconds;
            }
        }
    }

    private static void follow(KafkaConsumer<String, String> answers) {
        String topic = Topics.events(Participant.PLACEMENT.service());
        List<TopicPartition> partitions = answers.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        answers.assign(partitions);
        answers.seekToEnd(partitions);
        partitions.forEach(answers::position);
    }

    /** What each took from being sent to its answer, in nanoseconds, in order of length. */
    private List<Long> hold(int count) throws UnreadableMessage {
        List<Long> took = new ArrayList<>();
        int asked = 0;
        long heard = System.nanoTime();
        while (took.size() < count) {
            while (asked < count && sent.size() < AT_ONCE) {
                send();
                asked++;
            }
            commands.flush();
            for (ConsumerRecord<String, String> record : answers.poll(POLL)) {
                if (isAnswer(record, took)) {
                    heard = System.nanoTime();
                }
            }
            if (System.nanoTime() - heard > PATIENCE.toNanos()) {
                throw new IllegalStateException("placement has answered " + took.size() + " of " + asked + " holds");
            }
        }
        took.sort(Long::compare);
        return took;
    }

    private void send() {
        Instant now = Instant.now();
        HoldAllocation hold = command(now);
        String key = hold.allocation().toString();
        UUID id = UUID.randomUUID();
        String message = Wire.write(new Envelope(id, "/" + SITE + "/reservation", key, now, id.toString(), null, hold));
        sent.put(hold.allocation(), System.nanoTime());
        var ignored = commands.send(new ProducerRecord<>(Topics.ALLOCATION_COMMANDS, key, message));
    }

    private boolean isAnswer(ConsumerRecord<String, String> record, List<Long> took) throws UnreadableMessage {
        return switch (Wire.read(record.value()).message()) {
            case AllocationHeld held -> {
                Long since = sent.remove(held.allocation());
                if (since != null) {
                    took.add(System.nanoTime() - since);
                }
                yield since != null;
            }
            case AllocationRefused refused
            when sent.containsKey(refused.allocation()) ->
                throw new IllegalStateException("placement refuses a hold: " + refused.refusal());
            default -> false;
        };
    }

    /** A frontend and two machines. */
    private HoldAllocation command(Instant now) {
        ReservationId reservation = new ReservationId(Uuid7.next(now, random));
        Instant start = now.plus(Duration.ofDays(1)).plusSeconds(random.nextLong(SPREAD.toSeconds()));
        SiteId site = new SiteId(SITE);
        return new HoldAllocation(
                new AllocationId(reservation, site),
                1,
                Set.of(Participant.PLACEMENT),
                new AllocationSpec(
                        new TenantId("bench"),
                        "bench",
                        1,
                        site,
                        List.of(),
                        new TimeWindow(start, start.plus(LIFE)),
                        List.of(group(MachineRole.FRONTEND, 4093, 1), group(MachineRole.COMPUTE, 1, 2)),
                        ClusterAddressing.DEFAULT_NETWORK,
                        new Software("debian-12", List.of())),
                Facts.OfSite.unknown(),
                Duration.ofHours(1));
    }

    private static MachineGroup group(MachineRole role, int firstOrdinal, int count) {
        return new MachineGroup(role, firstOrdinal, count, 1, GIB, GIB, count);
    }

    static List<String> lines(List<Long> took, double seconds, Floor floor) {
        double floorSeconds = floor.time(took.size(), took.size()).toNanos() / NANOS_PER_SECOND;
        return List.of(
                "%,d holds of small clusters through PostgreSQL and the broker, %d at once:"
                        .formatted(took.size(), AT_ONCE),
                "  %,.0f a second (aim: %d)   %.1f ms median   %.1f ms p99 from command to answer"
                        .formatted(took.size() / seconds, AIM, millis(took, MEDIAN), millis(took, P99)),
                "  %.2f times the time that one bare commit and one bare message each would take"
                        .formatted(seconds / floorSeconds));
    }

    private static double millis(List<Long> sorted, int percentile) {
        return sorted.get((sorted.size() - 1) * percentile / 100) / NANOS_PER_MILLI;
    }
}

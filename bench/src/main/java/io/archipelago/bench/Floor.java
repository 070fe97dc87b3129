package io.archipelago.bench;

import io.archipelago.local.RunningStack;
import io.archipelago.local.ServiceKind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * What the same database and the same broker can do at best: a loop that only commits, a loop that only sends and receives, each with as
 * many at once as there are services.
 *
 * @param commitsPerSecond transactions of one small row each
 * @param roundTripsPerSecond messages of 1,000 bytes, sent, acknowledged and received before the next one of the same sender
 */
record Floor(double commitsPerSecond, double roundTripsPerSecond) {

    /** As many as the services of two sites. */
    private static final int AT_ONCE = 10;

    private static final String TOPIC = "bench.floor";
    private static final String MESSAGE = "x".repeat(1_000);

    static Floor measure(RunningStack stack, int commits, int roundTrips) throws Exception {
        return new Floor(commits(stack, commits), roundTrips(stack, roundTrips));
    }

    /** How long so many of each take at the least, one kind after the other. */
    Duration time(double commits, double roundTrips) {
        return Duration.ofNanos((long) (1e9 * (commits / commitsPerSecond + roundTrips / roundTripsPerSecond)));
    }

    private static double commits(RunningStack stack, int commits) throws Exception {
        try (Connection connection = stack.connect("tokyo", ServiceKind.RESERVATION);
                Statement statement = connection.createStatement()) {
            statement.execute("create table if not exists bench_floor (id bigint, text text)");
        }
        AtomicInteger left = new AtomicInteger(commits);
        double rate = rate(commits, () -> {
            try (Connection connection = stack.connect("tokyo", ServiceKind.RESERVATION);
                    PreparedStatement insert = connection.prepareStatement("insert into bench_floor values (?, ?)")) {
                for (int number = left.getAndDecrement(); number > 0; number = left.getAndDecrement()) {
                    insert.setInt(1, number);
                    insert.setString(2, "a row");
                    insert.executeUpdate();
                }
            }
            return null;
        });
        try (Connection connection = stack.connect("tokyo", ServiceKind.RESERVATION);
                Statement statement = connection.createStatement()) {
            statement.execute("drop table bench_floor");
        }
        return rate;
    }

    private static double roundTrips(RunningStack stack, int roundTrips) throws Exception {
        String servers = stack.stack().bootstrapServers(stack.site("tokyo"));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, AT_ONCE, (short) 1)))
                    .all()
                    .get();
            AtomicInteger left = new AtomicInteger(roundTrips);
            AtomicInteger partitions = new AtomicInteger();
            try (KafkaProducer<String, String> producer = producer(servers)) {
                double rate = rate(roundTrips, () -> {
                    TopicPartition own = new TopicPartition(TOPIC, partitions.getAndIncrement());
                    try (KafkaConsumer<String, String> consumer = consumer(servers)) {
                        consumer.assign(List.of(own));
                        consumer.seekToBeginning(List.of(own));
                        while (left.getAndDecrement() > 0) {
                            producer.send(new ProducerRecord<>(TOPIC, own.partition(), null, MESSAGE))
                                    .get();
                            while (consumer.poll(Duration.ofSeconds(10)).isEmpty()) {}
                        }
                    }
                    return null;
                });
                admin.deleteTopics(List.of(TOPIC)).all().get();
                return rate;
            }
        }
    }

    static KafkaProducer<String, String> producer(String servers) {
        return new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, servers, ProducerConfig.ACKS_CONFIG, "all"),
                new StringSerializer(),
                new StringSerializer());
    }

    static KafkaConsumer<String, String> consumer(String servers) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    private static double rate(int count, Callable<Void> worker) throws InterruptedException, ExecutionException {
        try (ExecutorService workers = Executors.newFixedThreadPool(AT_ONCE)) {
            long begun = System.nanoTime();
            List<Future<Void>> all = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                all.add(workers.submit(worker));
            }
            for (Future<Void> one : all) {
                one.get();
            }
            return count / ((System.nanoTime() - begun) / 1e9);
        }
    }
}

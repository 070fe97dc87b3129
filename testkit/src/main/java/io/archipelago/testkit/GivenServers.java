package io.archipelago.testkit;

import io.archipelago.local.TopicSpec;
import java.io.IOException;
import java.util.Collection;

/**
 * Servers that run already, shared by the modules of one build, one module after the other.
 *
 * @param postgres {@code host:port}, from {@code TEST_PG}
 * @param password of {@link Servers#USER}, from {@code TEST_PG_PASSWORD}
 * @param bootstrapServers from {@code TEST_KAFKA}
 */
record GivenServers(String postgres, String password, String bootstrapServers) implements Servers {

    /** What an earlier module left in the topics is removed with them. */
    @Override
    public void createTopics(Collection<TopicSpec> topics) throws IOException {
        BrokerTopics.recreate(bootstrapServers, topics);
    }

    @Override
    public void close() {}
}

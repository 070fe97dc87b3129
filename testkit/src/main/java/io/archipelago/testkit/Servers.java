package io.archipelago.testkit;

import io.archipelago.local.TopicSpec;
import java.io.IOException;
import java.util.Collection;

/** A database server and a broker for the tests of one module. */
sealed interface Servers extends AutoCloseable permits EmbeddedServers, ContainerServers, GivenServers {

    String USER = "postgres";

    /** Where PostgreSQL listens, as {@code host:port}. */
    String postgres();

    /** The password of {@link #USER}. */
    String password();

    String bootstrapServers();

    void createTopics(Collection<TopicSpec> topics) throws IOException;

    @Override
    void close();
}

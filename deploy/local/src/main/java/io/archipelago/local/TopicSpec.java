package io.archipelago.local;

/** A topic that a broker is to have. */
public record TopicSpec(String name, int partitions, boolean compacted) {

    /** Of the topics that several instances of a service may share among them. */
    static final int SHARED_PARTITIONS = 4;

    public static TopicSpec of(String name, int partitions) {
        return new TopicSpec(name, partitions, false);
    }

    /** A topic of a host: one partition; of each key only the last value is kept. */
    public static TopicSpec compacted(String name) {
        return new TopicSpec(name, 1, true);
    }
}

package io.archipelago.lab;

/** Something that befalls a running cluster, which outlives it: afterwards it is active, and its machines are well. */
@FunctionalInterface
interface Mishap {
    void befall(Cluster cluster) throws Exception;
}

package io.archipelago.lab;

/** Something that happens to a running lab. Whatever clusters it has made are given back after it, and every host must be as before. */
@FunctionalInterface
interface Scenario {
    void play() throws Exception;
}

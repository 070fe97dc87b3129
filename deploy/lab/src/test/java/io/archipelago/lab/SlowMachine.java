package io.archipelago.lab;

/** Whether a machine takes long for whatever hosts do, by what they take to boot. */
final class SlowMachine {

    /** Of one host among several; each further one costs as much, for two processors are soon busy. */
    private static final double MOST_SECONDS_A_HOST = 1.5;

    private SlowMachine() {}

    /** Within what time a number of hosts boots on a machine that is fast enough. */
    static double mostSeconds(int hosts) {
        return MOST_SECONDS_A_HOST * hosts;
    }
}

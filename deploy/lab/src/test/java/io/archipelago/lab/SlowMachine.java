package io.archipelago.lab;

/** Whether a machine takes long for whatever hosts do, by what they take to boot. */
final class SlowMachine {

    /** Of the first; each further one takes about as long as any, for two processors are soon busy. */
    private static final double MOST_SECONDS_AT_FIRST = 3;

    private static final double MOST_SECONDS_A_HOST = 1.2;

    private SlowMachine() {}

    /** Within what time a number of hosts boots on a machine that is fast enough. */
    static double mostSeconds(int hosts) {
        return MOST_SECONDS_AT_FIRST + MOST_SECONDS_A_HOST * hosts;
    }
}

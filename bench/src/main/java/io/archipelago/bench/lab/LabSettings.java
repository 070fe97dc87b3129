package io.archipelago.bench.lab;

/**
 * What is measured on hosts of the lab, and how often.
 *
 * @param rounds how often everything is measured in turns; the figure that counts is the median: 1 to 20
 * @param seconds how long a throughput of the network is measured: 1 to 60
 * @param latencyMillis of the WAN's round trip: 0 to 1,000
 * @param rateMbit of the WAN in each direction, in megabits per second: 1 to 10,000
 * @param megabytes how much of a volume is written and read each time, in units of 2^20 bytes: 16 to 1,000
 */
public record LabSettings(int rounds, int seconds, int latencyMillis, int rateMbit, int megabytes) {

    public static final LabSettings DEFAULTS = new LabSettings(3, 3, 20, 160, 256);

    public LabSettings withRounds(int other) {
        return new LabSettings(other, seconds, latencyMillis, rateMbit, megabytes);
    }

    public LabSettings withSeconds(int other) {
        return new LabSettings(rounds, other, latencyMillis, rateMbit, megabytes);
    }

    public LabSettings withLatency(int other) {
        return new LabSettings(rounds, seconds, other, rateMbit, megabytes);
    }

    public LabSettings withRate(int other) {
        return new LabSettings(rounds, seconds, latencyMillis, other, megabytes);
    }

    public LabSettings withMegabytes(int other) {
        return new LabSettings(rounds, seconds, latencyMillis, rateMbit, other);
    }
}

package io.archipelago.simulation;

import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/** Every choice of a history; the same seed throws the same. */
final class Dice {

    private final SplittableRandom random;

    Dice(long seed) {
        this.random = new SplittableRandom(seed);
    }

    boolean chance(double share) {
        return random.nextDouble() < share;
    }

    /** From {@code least} to {@code most}, both included. */
    int between(int least, int most) {
        return random.nextInt(least, most + 1);
    }

    /** From {@code least} to {@code most}, both included. */
    long between(long least, long most) {
        return random.nextLong(least, most + 1);
    }

    <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    UUID uuid() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    long seed() {
        return random.nextLong();
    }

    /** How long something takes in microseconds: mostly little, now and then long, rarely very long. */
    long latency(boolean calm) {
        int kind = random.nextInt(100);
        if (calm || kind < 88) {
            return random.nextLong(20, 2_000);
        }
        return kind < 98 ? random.nextLong(2_000, 800_000) : random.nextLong(800_000, 20_000_000);
    }
}

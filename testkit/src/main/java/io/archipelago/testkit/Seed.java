package io.archipelago.testkit;

import java.util.Random;

/** Chance in tests: another each time, and the same again when asked. */
public final class Seed {

    private Seed() {}

    /** Chance from {@code -Dvc.tests.seed}, or from a seed that nobody chose; it is printed. */
    public static Random random() {
        long seed = Long.getLong("vc.tests.seed", System.nanoTime());
        System.out.println("seed " + seed + " (-Dvc.tests.seed=" + seed + " repeats it)");
        return new Random(seed);
    }
}

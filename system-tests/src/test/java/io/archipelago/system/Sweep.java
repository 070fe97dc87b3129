package io.archipelago.system;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** The cases of a long sweep: all of them, or a few that a seed picks and that another run picks otherwise. */
final class Sweep {

    private static final long SEED = Long.getLong("vc.tests.seed", System.nanoTime());

    private Sweep() {}

    /** Printed with whatever is drawn from it; {@code -Dvc.tests.seed} sets it. */
    static Random random(String what) {
        System.out.println(what + ": seed " + SEED + " (-Dvc.tests.seed=" + SEED + " repeats it)");
        return new Random(SEED);
    }

    /** Of some cases a few, in the order of drawing; all with {@code ./vc test --all}. */
    static <T> List<T> some(String what, List<T> all, int few) {
        if (Boolean.getBoolean("vc.tests.all")) {
            return all;
        }
        List<T> drawn = new ArrayList<>(all);
        Collections.shuffle(drawn, random(what));
        return drawn.subList(0, few);
    }
}

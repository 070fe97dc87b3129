package io.archipelago.agent.drivers.link;

import java.util.Locale;

/** A measured figure as it is shown: it stays as it is until it has changed so much that it is worth to be told. */
final class Figure {

    private static final double NOTABLE = 0.25;

    private double shown = Double.NaN;

    void take(double measured) {
        // Below one, in whatever unit it is, there is no news.
        if (Double.isNaN(shown) || Math.abs(measured - shown) > Math.max(1, shown * NOTABLE)) {
            shown = measured;
        }
    }

    boolean isKnown() {
        return !Double.isNaN(shown);
    }

    /** With one decimal place below ten. */
    String text() {
        return shown < 10 ? String.format(Locale.ROOT, "%.1f", shown) : Long.toString(Math.round(shown));
    }
}

package io.archipelago.simulation;

import java.time.Instant;
import java.util.function.Supplier;

/** What happened, for people. Written only when somebody will read it. */
final class Story {

    private final StringBuilder text = new StringBuilder();
    private final boolean wanted;

    Story(boolean wanted) {
        this.wanted = wanted;
    }

    boolean wanted() {
        return wanted;
    }

    /** One line: when by the site's clock, who, what. */
    void tell(Instant when, String who, Supplier<String> what) {
        if (wanted) {
            String time = when.toString();
            text.append(time, 11, Math.min(time.length(), 23)).append("  ");
            text.append(who).append(" ".repeat(Math.max(1, 22 - who.length())));
            text.append(what.get()).append('\n');
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }
}

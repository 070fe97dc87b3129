package io.archipelago.simulation;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What one transaction does, in the order of production: remember the message, lock the rows, lock the calendar if the decision needs it, read and
 * decide, take places in streams, commit.
 *
 * @param about what it is about, for the story
 * @param inbox the id of the message that is taken; 0: nothing is remembered
 * @param rows the rows to lock, in this order
 * @param skipLocked whether to give up when a row is locked by another (timers do)
 * @param pools whether the pools are to be locked; asked when the rows are
 * @param decide reads and decides; writes through the transaction
 */
record Work(
        Object about,
        long inbox,
        List<Object> rows,
        boolean skipLocked,
        BooleanSupplier pools,
        Consumer<Transaction> decide) {

    static Work on(Object about, long inbox, List<Object> rows, Consumer<Transaction> decide) {
        return new Work(about, inbox, rows, false, () -> false, decide);
    }

    static Work due(Object about, Object row, BooleanSupplier pools, Consumer<Transaction> decide) {
        return new Work(about, 0, List.of(row), true, pools, decide);
    }
}

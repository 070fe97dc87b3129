package io.archipelago.bench.booking;

import java.util.List;

/**
 * What was measured at pools of one size.
 *
 * @param bookings how many such a pool has
 * @param micros the mean time in microseconds of each thing in {@link #MEASURED}, in that order
 */
record Row(int bookings, List<Double> micros) {

    /** The names of the methods of {@link IndexBench}; the last is not the index's. */
    static final List<String> MEASURED = List.of("book", "giveBack", "ask", "earliest", "sweep");

    double of(String name) {
        return micros.get(MEASURED.indexOf(name));
    }

    /** How many times that of another row a logarithm of the size is. */
    double logarithmOver(Row first) {
        return Math.log(bookings) / Math.log(first.bookings);
    }
}

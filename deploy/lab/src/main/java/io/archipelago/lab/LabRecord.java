package io.archipelago.lab;

/**
 * What is kept about a lab that was started, written before anything of it exists.
 *
 * @param settings what it consists of
 * @param complete whether all of it was up once; false: its start was cut off
 * @param seconds how long that took; 0 while it is not complete
 */
record LabRecord(Settings settings, boolean complete, double seconds) {

    static LabRecord begun(Settings settings) {
        return new LabRecord(settings, false, 0);
    }

    LabRecord completed(double after) {
        return new LabRecord(settings, true, after);
    }
}

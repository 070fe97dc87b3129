package io.archipelago.bench;

/** Reads the numbers of options. */
final class Numbers {

    private Numbers() {}

    /** @throws IllegalArgumentException with a sentence for whoever typed it */
    static int read(String option, String text, int least, int most) {
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // Said below, like a number out of range.
        }
        throw new IllegalArgumentException(
                option + " takes a number from " + least + " to " + most + ", not \"" + text + "\"");
    }
}

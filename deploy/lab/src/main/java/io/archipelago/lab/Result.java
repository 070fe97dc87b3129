package io.archipelago.lab;

import java.io.IOException;

/**
 * How a command ended.
 *
 * @param code its exit code; 128 and more: the signal that ended it, plus 128
 * @param out what it wrote to its standard output
 * @param err what it wrote to its standard error
 */
public record Result(int code, String out, String err) {

    /** What it said, in one line that a sentence can end with. */
    String said() {
        return (err.isBlank() ? out : err).strip().replaceAll("\\s*\\R\\s*", "; ");
    }

    /**
     * Of a command that has to succeed: what it wrote to its standard output.
     *
     * @throws IOException if its exit code is not 0; the sentence has what it said
     */
    public String orFail(String command) throws IOException {
        if (code != 0) {
            throw new IOException("%s ended with %d: %s".formatted(command, code, said()));
        }
        return out;
    }
}

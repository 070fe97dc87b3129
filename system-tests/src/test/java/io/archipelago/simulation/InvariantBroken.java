package io.archipelago.simulation;

/** Something happened that must never happen. */
final class InvariantBroken extends RuntimeException {

    private static final long serialVersionUID = 1L;

    InvariantBroken(String what) {
        super(what);
    }
}

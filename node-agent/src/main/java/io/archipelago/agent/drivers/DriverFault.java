package io.archipelago.agent.drivers;

/** A step of a driver did not work. The message is a sentence for the operator. */
public final class DriverFault extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean waiting;

    private DriverFault(String reason, boolean waiting) {
        super(reason);
        this.waiting = waiting;
    }

    /** Something went wrong: the resource is reported FAILED until a later try succeeds. */
    public static DriverFault failed(String reason) {
        return new DriverFault(reason, false);
    }

    /** Something elsewhere is not there yet: the resource stays PENDING, and is tried again sooner than after a failure. */
    public static DriverFault waiting(String reason) {
        return new DriverFault(reason, true);
    }

    public boolean isWaiting() {
        return waiting;
    }

    /** The sentence. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}

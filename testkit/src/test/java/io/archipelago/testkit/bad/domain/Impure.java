package io.archipelago.testkit.bad.domain;

import io.archipelago.testkit.bad.app.Caller;
import java.time.Instant;

/** Breaks the rules of a domain. */
public class Impure {

    public Instant now() {
        return Instant.now();
    }

    public Caller caller() {
        return new Caller();
    }
}

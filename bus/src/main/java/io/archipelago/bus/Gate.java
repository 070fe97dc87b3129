package io.archipelago.bus;

import java.util.concurrent.CompletionStage;

/** Keeps a service from sending what is in its outbox until something is known. Every bean of this type is asked, once, at the start. */
public interface Gate {

    /** Completes when what is to be known is known; never fails. */
    CompletionStage<Void> opened();
}

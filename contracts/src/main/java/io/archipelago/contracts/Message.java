package io.archipelago.contracts;

/** What may travel in an {@link Envelope}. Each implementation is a record listed in {@link MessageTypes}. */
public interface Message {}

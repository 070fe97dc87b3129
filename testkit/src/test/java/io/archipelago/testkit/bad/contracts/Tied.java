package io.archipelago.testkit.bad.contracts;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.sql.Timestamp;

/** A message that knows how it is written, and where it is kept. */
public record Tied(@JsonProperty("at") Timestamp at) {}

package io.archipelago.agent.host;

import io.archipelago.contracts.host.Phase;
import java.util.Map;

/** What is reported of a resource, without who says it and when. */
record Status(long generation, Phase phase, String reason, Map<String, String> details) {

    static Status ready(long generation, Map<String, String> details) {
        return new Status(generation, Phase.READY, "", details);
    }

    static Status pending(long generation, String reason) {
        return new Status(generation, Phase.PENDING, reason, Map.of());
    }

    static Status failed(long generation, String reason) {
        return new Status(generation, Phase.FAILED, reason, Map.of());
    }

    static Status absent(long generation, String reason) {
        return new Status(generation, Phase.ABSENT, reason, Map.of());
    }
}

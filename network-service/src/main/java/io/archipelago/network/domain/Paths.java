package io.archipelago.network.domain;

import io.archipelago.bus.protocol.Resource;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import io.archipelago.contracts.placement.PlacementMessage.PathMeasured;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What links tell of the paths to peers. */
final class Paths {

    private static final String ROUND_TRIP = "roundTripMillis";

    private Paths() {}

    /** How far the peer of a link is; empty if it is none, or has measured nothing that could be true. */
    static Optional<PathMeasured> measured(Resource resource, Map<String, String> details, Instant now) {
        return resource.spec() instanceof LinkSpec link
                ? positive(details.get(ROUND_TRIP)).map(millis -> new PathMeasured(link.peer(), now, millis))
                : Optional.empty();
    }

    /** An agent's words are not ours: what is no figure is none. */
    private static Optional<Double> positive(@Nullable String text) {
        try {
            double figure = text == null ? 0 : Double.parseDouble(text);
            return figure > 0 && Double.isFinite(figure) ? Optional.of(figure) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}

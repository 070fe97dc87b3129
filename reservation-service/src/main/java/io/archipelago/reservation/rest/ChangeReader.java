package io.archipelago.reservation.rest;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.bus.Rejection;
import io.archipelago.bus.Rejection.FieldError;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.reservation.ReservationConfig;
import io.archipelago.reservation.domain.Proposal.Wish;
import io.archipelago.reservation.domain.Request;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads what a cluster is to be instead: whatever is not written stays as it is. */
@Singleton
final class ChangeReader {

    private final ReservationConfig.Limits limits;
    private final WindowReader windows;
    private final Totals totals;

    ChangeReader(ReservationConfig config) {
        this.limits = config.limits();
        this.windows = new WindowReader(config);
        this.totals = new Totals(limits);
    }

    /**
     * What is wanted of a cluster.
     *
     * @param agreed as it is
     * @throws Rejection INVALID_REQUEST with every field at fault
     */
    Wish read(JsonNode body, Request agreed, Instant now) {
        Fields fields = Fields.of(body);
        fields.allowOnly("window", "machines", "leaving");
        TimeWindow window = windows.readChange(fields.optionalObject("window"), agreed.window(), now);
        Fields machines = fields.optionalObject("machines");
        machines.allowOnly("compute");
        Fields compute = machines.optionalObject("compute");
        compute.allowOnly("count");
        List<JsonNode> names = fields.list("leaving");
        if (!names.stream().allMatch(JsonNode::isTextual)) {
            fields.error("leaving", "a list of host names of compute machines, such as vcompute-1-2");
        }
        Set<String> leaving = names.stream().map(JsonNode::asText).collect(Collectors.toSet());
        int left = agreed.compute().count() - leaving.size();
        int count = compute.number("count", 1, limits.machines(), Math.max(1, left));
        if (count > agreed.compute().count()) {
            totals.check(compute, agreed.frontend(), agreed.compute().first(count));
        }
        List<FieldError> errors = fields.errors();
        if (!errors.isEmpty()) {
            throw Rejection.invalid(errors);
        }
        return new Wish(window, count, leaving);
    }
}

package io.archipelago.reservation.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.archipelago.bus.Rejection;
import io.archipelago.bus.Rejection.FieldError;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.placement.Alternative.Change;
import io.archipelago.reservation.domain.Request;
import io.archipelago.reservation.rest.AvailabilityView.State;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;

/** Answers when something could be had. */
@Path("/api/v1/availability")
@Produces(MediaType.APPLICATION_JSON)
public class AvailabilityResource {

    /** The parameters, by the fields of a request that they stand for. */
    private static final Map<String, String> PARAMETERS = new LinkedHashMap<>();

    static {
        PARAMETERS.put("window.start", "from");
        PARAMETERS.put("window.duration", "duration");
        PARAMETERS.put("machines.compute.count", "machines");
        PARAMETERS.put("machines.compute.cpus", "cpus");
        PARAMETERS.put("machines.compute.memory", "memory");
        PARAMETERS.put("machines.compute.disk", "disk");
        PARAMETERS.put("machines.compute.maxPerHost", "maxPerHost");
        PARAMETERS.put("sites.policy", "policy");
        PARAMETERS.put("network.bandwidth", "bandwidth");
    }

    private final Previews previews;
    private final RequestReader reader;
    private final Caller caller;

    AvailabilityResource(Previews previews, RequestReader reader, Caller caller) {
        this.previews = previews;
        this.reader = reader;
        this.caller = caller;
    }

    /**
     * Asks for a window of a duration, as soon as one is found, not before {@code from} (now, if it is not given), in which so many {@code machines} fit, over all sites and
     * each as {@code cpus}, {@code memory}, {@code disk}, {@code maxPerHost}, {@code policy} and {@code bandwidth} say, which have the names, the form and
     * the defaults that they have in a request. All sites are asked, and none holds anything. What is known within a few seconds is answered with 200; if
     * there is more to come, with 202 and the address of the answer.
     */
    @GET
    @RolesAllowed(Caller.TENANT)
    public Uni<RestResponse<AvailabilityView>> ask(@Context UriInfo uri) {
        Caller.Who who = caller.who();
        MultivaluedMap<String, String> parameters = uri.getQueryParameters();
        return previews.ask(
                        who,
                        who.tenant(),
                        (id, now) -> read(parameters, id, now),
                        seen -> view(seen).state() == State.ASKING)
                .map(AvailabilityResource::answer);
    }

    /** What is known of an answer by now; it is kept for a while. */
    @GET
    @Path("/{id}")
    @RolesAllowed({Caller.TENANT, Caller.OPERATOR, Caller.ADMIN})
    public Uni<AvailabilityView> show(@PathParam("id") String id) {
        return previews.look(ReservationResource.parseOrMissing(id, "answer"), caller.who())
                .map(AvailabilityResource::view);
    }

    private static RestResponse<AvailabilityView> answer(PreviewView seen) {
        AvailabilityView view = view(seen);
        return view.state() == State.ASKING
                ? ResponseBuilder.<AvailabilityView>create(RestResponse.Status.ACCEPTED)
                        .location(URI.create("/api/v1/availability/" + view.id()))
                        .entity(view)
                        .build()
                : RestResponse.ok(view);
    }

    static AvailabilityView view(PreviewView seen) {
        if (seen.state() == PreviewView.State.FITS) {
            return new AvailabilityView(seen.id(), State.FOUND, seen.window(), seen.sites(), List.of());
        }
        List<PreviewView.AlternativeView> later = seen.alternatives().stream()
                .filter(each -> each.change() == Change.LATER && each.state() != PreviewView.State.REFUSED)
                .toList();
        if (seen.state() == PreviewView.State.REFUSED && later.isEmpty()) {
            return new AvailabilityView(seen.id(), State.NONE, null, Map.of(), seen.problems());
        }
        return later.stream()
                .filter(each -> each.state() == PreviewView.State.FITS)
                .findFirst()
                .map(each -> new AvailabilityView(seen.id(), State.FOUND, each.window(), each.sites(), seen.problems()))
                .orElseGet(() -> new AvailabilityView(seen.id(), State.ASKING, null, Map.of(), seen.problems()));
    }

    /** A request is read from a body only: what is asked for is written as one, and what is wrong is told by the names of the parameters. */
    private Request read(MultivaluedMap<String, String> parameters, ReservationId id, Instant now) {
        List<FieldError> wrong = parameters.entrySet().stream()
                .flatMap(parameter -> wrong(parameter.getKey(), parameter.getValue()).stream())
                .sorted(Comparator.comparing(FieldError::field))
                .toList();
        if (!wrong.isEmpty()) {
            throw Rejection.invalid(wrong);
        }
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("name", "availability");
        write(body, "window.start", TextNode.valueOf("now"));
        // What must be given is missed by its own name.
        write(body, "window.duration", TextNode.valueOf(""));
        body.withObjectProperty("machines").withObjectProperty("compute");
        PARAMETERS.forEach((field, parameter) -> {
            String text = parameters.getFirst(parameter);
            if (text != null) {
                write(body, field, number(text));
            }
        });
        try {
            return reader.read(body, id, now);
        } catch (Rejection e) {
            throw Rejection.invalid(
                    e.errors().stream().map(AvailabilityResource::named).toList());
        }
    }

    private static Optional<FieldError> wrong(String name, List<String> values) {
        if (!PARAMETERS.containsValue(name)) {
            return Optional.of(
                    new FieldError(name, "unknown parameter; allowed: " + String.join(", ", PARAMETERS.values())));
        }
        return values.size() == 1 ? Optional.empty() : Optional.of(new FieldError(name, "given once"));
    }

    private static FieldError named(FieldError error) {
        return new FieldError(
                PARAMETERS.getOrDefault(error.field(), error.field()),
                // There is no parameter that names sites.
                error.message().replaceFirst("; or name the sites with 'use'$", ""));
    }

    private static JsonNode number(String text) {
        return text.matches("[0-9]{1,9}") ? IntNode.valueOf(Integer.parseInt(text)) : TextNode.valueOf(text);
    }

    private static void write(ObjectNode body, String field, JsonNode value) {
        List<String> path = new ArrayList<>(List.of(field.split("\\.")));
        String last = path.removeLast();
        ObjectNode at = body;
        for (String name : path) {
            at = at.withObjectProperty(name);
        }
        at.set(last, value);
    }
}

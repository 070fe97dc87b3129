package io.archipelago.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import io.archipelago.agent.world.SimSite;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.wire.Json;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the simulated hosts, and plays mishaps to them, from outside: for tests and for trying things out. On the loopback address
 * only, as everything that the agent serves.
 *
 * <pre>
 * GET  /sim/hosts        every host with every resource that it really has
 * GET  /sim/violations   what was tried and never should have been
 * POST /sim/faults       a {@link SimRequest}
 * </pre>
 */
@ApplicationScoped
class SimRoutes {

    private static final ObjectReader STRICT =
            Json.mapper().readerFor(SimRequest.class).with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private final AgentLifecycle lifecycle;

    SimRoutes(AgentLifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    void register(@Observes Router router) {
        router.get("/sim/hosts")
                .blockingHandler(context -> answer(context, running -> SimView.hosts(running, Instant.now())));
        router.get("/sim/violations")
                .blockingHandler(
                        context -> answer(context, running -> running.site().violations()));
        router.post("/sim/faults")
                .handler(BodyHandler.create(false))
                .handler(SimRoutes::jsonOnly)
                .blockingHandler(context -> answer(context, running -> play(running, body(context))));
    }

    /** Nobody signs on here. But a page in a browser can send this type nowhere without asking first, and is then not answered. */
    private static void jsonOnly(RoutingContext context) {
        String type = String.valueOf(context.request().getHeader("content-type"));
        if (type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
            context.next();
        } else {
            problem(context, 415, ErrorCode.INVALID_REQUEST, "the content type is application/json, not " + type);
        }
    }

    /** Answers what was asked of running agents. */
    @FunctionalInterface
    private interface Question {
        Object ask(SimAgents running) throws IOException;
    }

    private void answer(RoutingContext context, Question question) {
        try {
            var process = lifecycle.process();
            if (process.isEmpty()) {
                problem(context, 503, ErrorCode.INTERNAL, "the agents are not started");
                return;
            }
            var simulated = process.get().simulated();
            if (simulated.isEmpty()) {
                problem(context, 404, ErrorCode.NOT_FOUND, "this agent plays no simulated hosts");
                return;
            }
            String json = Json.write(question.ask(simulated.get()));
            var unused = context.response()
                    .putHeader("content-type", "application/json")
                    .end(json);
        } catch (JsonProcessingException e) {
            problem(context, 400, ErrorCode.INVALID_REQUEST, e.getOriginalMessage());
        } catch (IllegalArgumentException e) {
            problem(context, 400, ErrorCode.INVALID_REQUEST, e.getMessage());
        } catch (IOException e) {
            problem(context, 500, ErrorCode.INTERNAL, e.getMessage());
        }
    }

    private static void problem(RoutingContext context, int status, ErrorCode code, @Nullable String detail) {
        String json = Json.write(Map.of(
                "type", "/problems/" + code.wireName(),
                "title", code.wireName(),
                "status", status,
                "detail", String.valueOf(detail),
                "instance", context.request().path(),
                "code", code.wireName()));
        var unused = context.response()
                .setStatusCode(status)
                .putHeader("content-type", "application/problem+json")
                .end(json);
    }

    private static SimRequest body(RoutingContext context) throws JsonProcessingException {
        String body = context.body().asString();
        SimRequest request = STRICT.readValue(body == null ? "" : body);
        if (request == null) {
            throw new IllegalArgumentException("the body is a JSON object, not null");
        }
        return request;
    }

    /** Plays all of it, or nothing if a host is unknown or a rate is none. */
    private static Map<String, Object> play(SimAgents running, SimRequest request) throws IOException {
        for (HostId host : request.hosts().keySet()) {
            if (running.runner(host).isEmpty()) {
                throw new IllegalArgumentException("there is no host " + host);
            }
        }
        request.faultRates().values().forEach(SimSite::requireRate);
        if (request.faultRate() != null) {
            running.site().setFaultRate(request.faultRate());
        }
        request.faultRates().forEach(running.site()::setFaultRate);
        request.latency().forEach(running.site()::setLatency);
        for (Map.Entry<HostId, SimRequest.HostFault> each : request.hosts().entrySet()) {
            SimHostRunner runner = running.runner(each.getKey()).orElseThrow();
            SimRequest.HostFault fault = each.getValue();
            runner.meddle(() -> {
                fault.plant().forEach((key, spec) -> runner.host().plant(key, spec, Instant.now()));
                fault.lose().forEach(runner.host()::lose);
            });
            if (fault.mode() != null) {
                runner.setMode(fault.mode());
            }
        }
        return Map.of("played", true);
    }
}

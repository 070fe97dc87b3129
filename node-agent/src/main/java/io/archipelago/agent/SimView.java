package io.archipelago.agent;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.agent.world.SimThing;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import io.archipelago.wire.Json;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is really on the simulated hosts, whatever anybody desires or reports. Secrets are left out, although they are sealed. */
final class SimView {

    private SimView() {}

    static ArrayNode hosts(SimAgents agents, Instant now) {
        ArrayNode hosts = Json.mapper().createArrayNode();
        for (SimHostRunner runner : agents.followers()) {
            hosts.add(host(runner, now));
        }
        return hosts;
    }

    private static ObjectNode host(SimHostRunner runner, Instant now) {
        ObjectNode view = Json.mapper().createObjectNode();
        view.put("id", runner.id().value());
        view.put("mode", runner.mode().name());
        view.put("ready", runner.isReady());
        view.put("epoch", runner.epoch());
        view.set("capacity", Json.mapper().valueToTree(runner.host().capacity()));
        ArrayNode resources = view.putArray("resources");
        synchronized (runner.host().site()) {
            Map<ResourceKey, Observed> seen = seen(runner, now);
            runner.host().things(now).forEach((key, thing) -> resources.add(resource(key, thing, seen)));
        }
        return view;
    }

    private static ObjectNode resource(ResourceKey key, SimThing thing, Map<ResourceKey, Observed> seen) {
        ObjectNode view = Json.mapper().createObjectNode();
        view.put("key", key.toString());
        Observed observed = seen.get(key);
        view.put("condition", (observed == null ? Condition.BROKEN : observed.condition()).name());
        view.put("reason", observed == null ? "the host is switched off" : observed.reason());
        if (thing.spec() instanceof MachineSpec machine) {
            view.put("writes", isReady(seen.get(key)) && isReady(seen.get(machine.disk())));
        }
        ObjectNode spec = Json.read(Json.writeAs(ResourceSpec.class, thing.spec()), ObjectNode.class);
        spec.remove("sealedChapSecret");
        view.set("spec", spec);
        return view;
    }

    private static boolean isReady(@Nullable Observed observed) {
        return observed != null && observed.condition() == Condition.READY;
    }

    private static Map<ResourceKey, Observed> seen(SimHostRunner runner, Instant now) {
        Map<ResourceKey, Observed> seen = new HashMap<>();
        for (ResourceKind kind : runner.drivers().kinds()) {
            try {
                seen.putAll(runner.drivers().observe(kind, Map.of(), now));
            } catch (DriverFault e) {
                return Map.of();
            }
        }
        return seen;
    }
}

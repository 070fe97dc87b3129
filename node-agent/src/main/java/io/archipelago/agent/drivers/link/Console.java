package io.archipelago.agent.drivers.link;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import io.archipelago.wire.Json;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An appliance that the site's own scripts open and close: {@code open}, {@code close} and {@code status} in one directory. What they are
 * given and have to do stands in {@code docs/operators/link-scripts.md}.
 */
final class Console implements Tunnel {

    private static final String REQUEST = "request.json";

    /** Says: not now, ask again (EX_TEMPFAIL of sysexits.h). */
    private static final int LATER = 75;

    private final Programs programs;
    private final Devices devices;
    private final Records records;
    private final Path scripts;

    Console(Programs programs, Devices devices, Records records, Path scripts) {
        this.programs = programs;
        this.devices = devices;
        this.records = records;
        this.scripts = scripts;
    }

    @Override
    public LinkDriver driver() {
        return LinkDriver.CONSOLE;
    }

    @Override
    public List<String> programs() {
        return List.of();
    }

    @Override
    public String key() throws DriverFault {
        return status(List.of()).path("key").asText();
    }

    @Override
    public void open(Link link) throws DriverFault {
        call("open", link);
        if (!devices.appears(link.device())) {
            throw DriverFault.failed(
                    "%s ended well, but there is no device %s".formatted(scripts.resolve("open"), link.device()));
        }
    }

    @Override
    public String defect(Link link) throws DriverFault {
        JsonNode status = status(List.of(request(link)));
        return status.path("state").asText().equals("up")
                ? ""
                : "the appliance says: " + status.path("reason").asText("it is not up");
    }

    @Override
    public void close(Link link) throws DriverFault {
        call("close", link);
    }

    private void call(String script, Link link) throws DriverFault {
        String path = scripts.resolve(script).toString();
        Programs.Ended ended = programs.end(List.of(path, request(link)));
        if (ended.code() == LATER) {
            throw DriverFault.waiting("the appliance is not ready: " + ended.said());
        }
        if (ended.code() != 0) {
            throw DriverFault.failed("%s ended with %d: %s".formatted(path, ended.code(), ended.said()));
        }
    }

    private JsonNode status(List<String> request) throws DriverFault {
        String path = scripts.resolve("status").toString();
        String told = request.isEmpty() ? programs.run(path) : programs.run(path, request.getFirst());
        return Told.json(path, told);
    }

    /** The file that says what is to be opened. */
    private String request(Link link) throws DriverFault {
        LinkSpec spec = link.spec();
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("link", link.key().toString());
        request.put("device", link.device());
        request.put("peer", spec.peer());
        request.put("listen", spec.listen());
        request.put("localPort", spec.ends().localPort());
        request.put("remoteAddress", spec.ends().remoteAddress());
        request.put("remotePort", spec.ends().remotePort());
        request.put("peerKey", spec.peerKey());
        request.put("tunnel", spec.tunnel());
        request.put("mtu", spec.mtu());
        request.put("bandwidth", spec.bandwidth());
        return records.put(link.key(), REQUEST, Json.write(request)).toString();
    }
}

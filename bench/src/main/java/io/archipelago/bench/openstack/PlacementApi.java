package io.archipelago.bench.openstack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.archipelago.bench.booking.Clusters.Size;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;

/** What a scheduler asks of OpenStack Placement over HTTP, as its API reference of 1.36 says. */
final class PlacementApi {

    private static final String VERSION = "placement 1.36";
    private static final String TENANT = "bench";
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int CONFLICT = 409;
    private static final int MOST_ATTEMPTS = 50;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration TO_BE_THERE = Duration.ofSeconds(5);

    private final URI base;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ObjectMapper json = new ObjectMapper();
    private final LongAdder repeated = new LongAdder();

    PlacementApi(URI base) {
        this.base = base;
    }

    /** Whether it answers. */
    boolean isThere() throws InterruptedException {
        try {
            return send("GET", "/", "", TO_BE_THERE).statusCode() == OK;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Tells it of a host that has nothing on it. */
    void addHost(String name, Size size) throws IOException, InterruptedException {
        UUID id = UUID.randomUUID();
        require(
                OK,
                send(
                        "POST",
                        "/resource_providers",
                        json.createObjectNode()
                                .put("name", name)
                                .put("uuid", id.toString())
                                .toString()));
        ObjectNode inventories = json.createObjectNode();
        inventories.putObject("VCPU").put("total", size.cpus());
        inventories.putObject("MEMORY_MB").put("total", size.mebibytes());
        ObjectNode body = json.createObjectNode().put("resource_provider_generation", 0);
        body.set("inventories", inventories);
        require(OK, send("PUT", "/resource_providers/" + id + "/inventories", body.toString()));
    }

    /**
     * Finds hosts for machines, each on one of its own, and claims them all in one request; as often as others are faster.
     *
     * @return who has them now, one for each
     * @throws IOException if there are not as many
     */
    List<UUID> claim(int machines, Size size) throws IOException, InterruptedException {
        String query = "/allocation_candidates?resources=VCPU:%d,MEMORY_MB:%d&limit=%d"
                .formatted(size.cpus(), size.mebibytes(), machines);
        for (int attempt = 1; ; attempt++) {
            JsonNode found = json.readTree(require(OK, send("GET", query, ""))).get("allocation_requests");
            if (found.size() != machines) {
                throw new IOException(
                        "OpenStack Placement has %,d hosts for %,d machines".formatted(found.size(), machines));
            }
            ObjectNode claims = json.createObjectNode();
            List<UUID> consumers = new ArrayList<>();
            for (JsonNode candidate : found) {
                UUID consumer = UUID.randomUUID();
                consumers.add(consumer);
                claim(claims, consumer).putNull("consumer_generation").set("allocations", candidate.get("allocations"));
            }
            HttpResponse<String> answer = send("POST", "/allocations", claims.toString());
            if (answer.statusCode() != CONFLICT || attempt == MOST_ATTEMPTS) {
                require(NO_CONTENT, answer);
                return consumers;
            }
            repeated.increment();
        }
    }

    /** How many attempts to claim failed so far, because somebody else had changed one of their hosts in between. */
    long repeated() {
        return repeated.sum();
    }

    /** Gives back what those have who have changed nothing since. */
    void giveBack(List<UUID> consumers) throws IOException, InterruptedException {
        ObjectNode claims = json.createObjectNode();
        for (UUID consumer : consumers) {
            claim(claims, consumer).put("consumer_generation", 1).putObject("allocations");
        }
        require(NO_CONTENT, send("POST", "/allocations", claims.toString()));
    }

    private static ObjectNode claim(ObjectNode claims, UUID consumer) {
        return claims.putObject(consumer.toString()).put("project_id", TENANT).put("user_id", TENANT);
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        return send(method, path, body, PATIENCE);
    }

    private HttpResponse<String> send(String method, String path, String body, Duration patience)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(patience)
                .header("X-Auth-Token", "admin")
                .header("OpenStack-API-Version", VERSION)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private static String require(int status, HttpResponse<String> response) throws IOException {
        if (response.statusCode() != status) {
            throw new IOException("OpenStack Placement answers %s %s with %d: %s"
                    .formatted(
                            response.request().method(),
                            response.request().uri().getPath(),
                            response.statusCode(),
                            response.body()));
        }
        return response.body();
    }
}

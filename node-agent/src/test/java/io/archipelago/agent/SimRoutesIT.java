package io.archipelago.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.wire.Json;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;

/** The agent as it is served, without a broker: what a test or a newcomer sees from outside. */
@QuarkusTest
@TestProfile(SimRoutesIT.WithoutBroker.class)
class SimRoutesIT {

    private static final String SEGMENT = "segment/019357a0-0000-7000-8000-000000000001.tokyo";

    private final URI base = URI.create(
            "http://localhost:" + ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class));

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void everyHostIsShownWithWhatItHas() throws Exception {
        // Given
        HttpResponse<String> planted = post("""
                {"hosts": {"tokyo-c02": {"plant": {"%s": {"type": "segment-spec", "vlan": 100, "mtu": 1400}}}}}
                """.formatted(SEGMENT));
        assertThat(planted.statusCode()).as(planted.body()).isEqualTo(200);

        // When
        JsonNode hosts = read(get("/sim/hosts"));

        // Then
        assertThat(hosts).hasSize(4);
        JsonNode resource = host("tokyo-c02").at("/resources/0");
        assertThat(resource.get("key").asText()).isEqualTo(SEGMENT);
        assertThat(resource.get("condition").asText()).isEqualTo("READY");
        assertThat(resource.at("/spec/vlan").asInt()).isEqualTo(100);

        // When
        assertThat(post("{\"hosts\": {\"tokyo-c02\": {\"lose\": [\"%s\"]}}}".formatted(SEGMENT))
                        .statusCode())
                .isEqualTo(200);

        // Then
        assertThat(host("tokyo-c02").get("resources")).isEmpty();
    }

    @Test
    void aHostIsSwitchedOffAndOn() throws Exception {
        // Given
        long epoch = host("tokyo-g1").get("epoch").asLong();

        // When
        assertThat(post("{\"hosts\": {\"tokyo-g1\": {\"mode\": \"OFF\"}}}").statusCode())
                .isEqualTo(200);

        // Then
        assertThat(host("tokyo-g1").get("mode").asText()).isEqualTo("OFF");

        // When
        assertThat(post("{\"hosts\": {\"tokyo-g1\": {\"mode\": \"RUNNING\"}}}").statusCode())
                .isEqualTo(200);

        // Then
        assertThat(host("tokyo-g1").get("epoch").asLong()).isGreaterThan(epoch);
    }

    @Test
    void secretsAreNotShown() throws Exception {
        // Given
        String volume = """
                {"hosts": {"tokyo-s1": {"plant": {"volume/019357a0-0000-7000-8000-000000000001.tokyo.n1": {
                    "type": "volume-spec", "pool": "vg0", "bytes": 1, "chapUser": "user",
                    "sealedChapSecret": "c2VjcmV0"}}}}}
                """;

        // When
        assertThat(post(volume).statusCode()).isEqualTo(200);

        // Then
        assertThat(get("/sim/hosts").body()).contains("\"chapUser\":\"user\"").doesNotContain("c2VjcmV0");
    }

    @Test
    void aBadRequestIsRefusedWithWhatIsWrong() throws Exception {
        for (String body : new String[] {
            "",
            "nonsense",
            "null",
            "{\"faultrate\": 1}",
            "{\"faultRate\": 2}",
            "{\"faultRates\": {\"DISK\": 2}}",
            "{\"hosts\": {\"osaka-c01\": {}}}"
        }) {
            HttpResponse<String> answer = post(body);
            assertThat(answer.statusCode()).as(body).isEqualTo(400);
            assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
            assertThat(read(answer).get("code").asText()).isEqualTo("invalid-request");
            assertThat(read(answer).get("detail").asText()).isNotBlank();
        }
        assertThat(post("{\"hosts\": {\"osaka-c01\": {}}}").body()).contains("there is no host osaka-c01");
    }

    @Test
    void whatAnyPageInABrowserCouldSendIsNotPlayed() throws Exception {
        for (String type : new String[] {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data"}) {
            HttpResponse<String> answer = post(type, "{\"hosts\": {\"tokyo-c01\": {\"mode\": \"OFF\"}}}");
            assertThat(answer.statusCode()).as(type).isEqualTo(415);
            assertThat(read(answer).get("detail").asText()).contains("application/json", type);
        }
        assertThat(host("tokyo-c01").get("mode").asText()).isEqualTo("RUNNING");
    }

    @Test
    void noViolationIsThereBeforeAnythingWasTried() throws Exception {
        assertThat(read(get("/sim/violations"))).isEmpty();
    }

    @Test
    void withoutItsBrokerTheAgentLivesAndIsNotReady() throws Exception {
        assertThat(get("/q/health/live").statusCode()).isEqualTo(200);
        HttpResponse<String> ready = get("/q/health/ready");
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(read(ready).at("/checks/0/data/hosts").asInt()).isEqualTo(4);
        await().during(Duration.ofSeconds(1))
                .untilAsserted(
                        () -> assertThat(get("/q/health/ready").statusCode()).isEqualTo(503));
    }

    private JsonNode host(String id) throws Exception {
        for (JsonNode host : read(get("/sim/hosts"))) {
            if (host.get("id").asText().equals(id)) {
                return host;
            }
        }
        throw new AssertionError("there is no host " + id);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(HttpRequest.newBuilder(base.resolve(path)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String body) throws Exception {
        return post("application/json; charset=utf-8", body);
    }

    private HttpResponse<String> post(String contentType, String body) throws Exception {
        return client.send(
                HttpRequest.newBuilder(base.resolve("/sim/faults"))
                        .header("Content-Type", contentType)
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private static JsonNode read(HttpResponse<String> answer) throws IOException {
        return Json.mapper().readTree(answer.body());
    }

    /** Four hosts, and no broker at the address. */
    public static final class WithoutBroker implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            try {
                return Map.of(
                        "site.id", "tokyo",
                        "site.number", "1",
                        "kafka.bootstrap.servers", "localhost:1",
                        "agent.state-directory",
                                Files.createTempDirectory("agent").toString(),
                        "agent.sim.compute-hosts", "2",
                        "agent.sim.gateway-hosts", "1",
                        "agent.sim.storage-hosts", "1");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}

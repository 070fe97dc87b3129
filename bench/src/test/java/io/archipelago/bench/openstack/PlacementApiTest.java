package io.archipelago.bench.openstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.archipelago.bench.booking.Clusters.Size;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a server that has two free hosts, and takes what it is told down. */
class PlacementApiTest {

    private static final String TWO_HOSTS = """
            {"allocation_requests": [
              {"allocations": {"a0000000-0000-0000-0000-000000000001": {"resources": {"VCPU": 2, "MEMORY_MB": 4}}}},
              {"allocations": {"a0000000-0000-0000-0000-000000000002": {"resources": {"VCPU": 2, "MEMORY_MB": 4}}}}]}
            """;
    private static final Size SIZE = new Size(2, 4);

    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private final Queue<JsonNode> told = new ConcurrentLinkedQueue<>();
    private HttpServer server;
    private PlacementApi api;
    private final Queue<Integer> answersToClaims = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        api = new PlacementApi(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (body.length > 0) {
            told.add(new ObjectMapper().readTree(body));
        }
        boolean claims = exchange.getRequestURI().getPath().equals("/allocations");
        byte[] answer = claims ? new byte[0] : TWO_HOSTS.getBytes();
        exchange.sendResponseHeaders(
                claims ? Objects.requireNonNullElse(answersToClaims.poll(), 204) : 200, claims ? -1 : answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    @Test
    void eachMachineIsClaimedOnAHostOfItsOwn() throws Exception {
        List<UUID> consumers = api.claim(2, SIZE);

        assertThat(asked)
                .containsExactly(
                        "GET /allocation_candidates?resources=VCPU:2,MEMORY_MB:4&limit=2", "POST /allocations");
        assertThat(consumers).hasSize(2).doesNotHaveDuplicates();
        JsonNode claims = told.remove();
        assertThat(claims.size()).isEqualTo(2);
        assertThat(consumers)
                .map(consumer -> claims.get(consumer.toString())
                        .get("allocations")
                        .fieldNames()
                        .next())
                .containsExactly("a0000000-0000-0000-0000-000000000001", "a0000000-0000-0000-0000-000000000002");
    }

    @Test
    void whatIsGivenBackIsLeftWithNothing() throws Exception {
        UUID consumer = UUID.randomUUID();

        api.giveBack(List.of(consumer));

        assertThat(told.remove().get(consumer.toString()).get("allocations").isEmpty())
                .isTrue();
    }

    @Test
    void aHostIsToldWithWhatItHas() throws Exception {
        api.addHost("host1", SIZE);

        assertThat(told.remove().get("name").asText()).isEqualTo("host1");
        assertThat(told.remove().at("/inventories/MEMORY_MB/total").asInt()).isEqualTo(4);
    }

    @Test
    void fewerHostsThanMachinesAreAnError() {
        assertThatIOException().isThrownBy(() -> api.claim(3, SIZE)).withMessageContaining("2 hosts for 3 machines");
    }

    @Test
    void aClaimIsMadeAnewIfOthersWereFaster() throws Exception {
        answersToClaims.addAll(List.of(409, 409));

        assertThat(api.claim(2, SIZE)).hasSize(2);

        assertThat(api.repeated()).isEqualTo(2);
        assertThat(asked).filteredOn(each -> each.startsWith("GET")).hasSize(3);
    }

    @Test
    void aClaimThatIsRefusedIsAnError() {
        answersToClaims.add(400);

        assertThatIOException()
                .isThrownBy(() -> api.claim(2, SIZE))
                .withMessageContaining("POST /allocations with 400");
    }
}

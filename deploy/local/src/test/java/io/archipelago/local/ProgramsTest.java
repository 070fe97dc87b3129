package io.archipelago.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramsTest {

    private final Stack stack = Stack.ofTwoSites(Stack.DEFAULT_PORT_BASE);
    private final Site tokyo = stack.sites().getFirst();

    @TempDir
    Path directory;

    private Secrets secrets;
    private Programs programs;

    @BeforeEach
    void describe() throws Exception {
        Home home = new Home(directory);
        home.create();
        secrets = Secrets.ensure(home.secrets(), stack);
        programs = new Programs(stack, home, new Installation(directory), secrets);
    }

    @Test
    void leavesRealHostsToTheirOwnAgentsAndListensWhereTheyAre() throws Exception {
        // Given
        Stack real =
                Stack.ofTwoSites(Stack.DEFAULT_PORT_BASE).withFleets(Map.of("tokyo", new Fleet(2, 1, 1, "10.10.0.1")));
        Home home = new Home(directory);
        Programs ofReal = new Programs(real, home, new Installation(directory), Secrets.ensure(home.secrets(), real));

        // When
        List<String> names =
                ofReal.all().stream().map(member -> member.program().name()).toList();
        KafkaServer kafka = ofReal.kafka(real.sites().getFirst(), AotCache.none());
        kafka.prepare();

        // Then
        assertThat(names).contains("osaka-agent", "tokyo-kafka").doesNotContain("tokyo-agent");
        Properties settings = new Properties();
        try (Reader file = Files.newBufferedReader(home.data("tokyo-kafka").resolve("server.properties"))) {
            settings.load(file);
        }
        assertThat(settings.getProperty("advertised.listeners"))
                .contains("HOSTS://10.10.0.1:18103", "PLAINTEXT://127.0.0.1:18100");
    }

    @Test
    void configuresAServiceThroughItsEnvironment() {
        Launch launch =
                programs.service(tokyo, ServiceKind.PLACEMENT, AotCache.none()).launch();

        assertThat(launch.environment())
                .containsEntry("SITE_ID", "tokyo")
                .containsEntry("SITE_NUMBER", "1")
                .containsEntry("QUARKUS_HTTP_PORT", "18111")
                .containsEntry("QUARKUS_HTTP_HOST", "127.0.0.1")
                .containsEntry("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:18100")
                .containsEntry("QUARKUS_DATASOURCE_USERNAME", "tokyo_placement")
                .containsEntry("QUARKUS_DATASOURCE_REACTIVE_URL", "postgresql://127.0.0.1:18000/tokyo_placement")
                .containsEntry("QUARKUS_OIDC_AUTH_SERVER_URL", "http://localhost:18001/realms/archipelago")
                .containsEntry("QUARKUS_OIDC_TOKEN_AUDIENCE", "archipelago-api");
        assertThat(launch.command()).noneMatch(part -> part.contains(secretOf(ServiceKind.PLACEMENT)));
    }

    @Test
    void tellsOnlyTheReservationServiceAboutPeers() {
        Launch reservation = programs.service(tokyo, ServiceKind.RESERVATION, AotCache.none())
                .launch();
        Launch cache =
                programs.service(tokyo, ServiceKind.CACHE, AotCache.none()).launch();

        assertThat(reservation.environment())
                .containsEntry("FEDERATION_PEERS__OSAKA__NUMBER", "2")
                .containsEntry("FEDERATION_PEERS__OSAKA__BOOTSTRAP_SERVERS", "127.0.0.1:18202")
                .doesNotContainKey("FEDERATION_PEERS__TOKYO__NUMBER");
        assertThat(cache.environment().keySet()).noneMatch(name -> name.startsWith("FEDERATION"));
    }

    @Test
    void peersAreSentToWhateverStandsBeforeABroker() throws Exception {
        Stack between = stack.withWan(Map.of("osaka", 31_000));
        Programs through = new Programs(between, new Home(directory), new Installation(directory), secrets);

        assertThat(through.service(tokyo, ServiceKind.RESERVATION, AotCache.none())
                        .launch()
                        .environment())
                .containsEntry("FEDERATION_PEERS__OSAKA__BOOTSTRAP_SERVERS", "127.0.0.1:31000");
    }

    @Test
    void tellsAnAgentItsHostsAndNoSecret() {
        Launch agent = programs.agent(tokyo, AotCache.none()).launch();

        assertThat(agent.environment())
                .containsEntry("AGENT_SIM_COMPUTE_HOSTS", "20")
                .containsEntry("AGENT_SIM_GATEWAY_HOSTS", "2")
                .containsEntry("AGENT_SIM_STORAGE_HOSTS", "2")
                .containsKey("AGENT_STATE_DIRECTORY");
        assertThat(agent.environment().keySet()).noneMatch(name -> name.contains("PASSWORD"));
    }

    @Test
    void startsNothingBeforeWhatItNeeds() throws Exception {
        List<Programs.Member> members = programs.all();
        List<String> names =
                members.stream().map(member -> member.program().name()).toList();

        assertThat(names).hasSize(16).doesNotHaveDuplicates();
        assertThat(members).allSatisfy(member -> assertThat(names).containsAll(member.needs()));
        assertThat(needsOf("tokyo-placement", members)).isEqualTo(Set.of("postgres", "tokyo-kafka"));
        assertThat(needsOf("osaka-agent", members)).isEqualTo(Set.of("osaka-kafka"));
    }

    @Test
    void leavesPostgresConnectionsForRelaysAndPeople() throws Exception {
        int pooled = 0;
        for (Programs.Member member : programs.all()) {
            if (member.program() instanceof QuarkusProgram service) {
                var environment = service.launch().environment();
                pooled += Integer.parseInt(environment.getOrDefault("QUARKUS_DATASOURCE_REACTIVE_MAX_SIZE", "0"));
                pooled += Integer.parseInt(environment.getOrDefault("QUARKUS_DATASOURCE_JDBC_MAX_SIZE", "0"));
            }
        }

        assertThat(pooled).isBetween(10, 150);
        assertThat(programs.postgres().launch().command()).contains("max_connections=200");
    }

    @Test
    void keepsItsSecretsFromOneStartToTheNext() throws Exception {
        String before = Files.readString(directory.resolve("secrets.json"));

        Secrets again = Secrets.ensure(directory.resolve("secrets.json"), stack);

        assertThat(Files.readString(directory.resolve("secrets.json"))).isEqualTo(before);
        assertThat(again.postgresPassword()).isEqualTo(secrets.postgresPassword());
        assertThat(again).hasToString(secrets.toString());
        assertThat(secrets.toString()).doesNotContain(secrets.postgresPassword());
    }

    private String secretOf(ServiceKind kind) {
        return secrets.databasePassword(tokyo, kind);
    }

    private static Set<String> needsOf(String name, List<Programs.Member> members) {
        return members.stream()
                .filter(member -> member.program().name().equals(name))
                .findFirst()
                .orElseThrow()
                .needs();
    }
}

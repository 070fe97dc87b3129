package io.archipelago.local;

import io.archipelago.local.PostgresServer.Database;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The stack as programs that can be run, in the order in which they are started. */
final class Programs {

    private static final int SERVICE_HEAP_MEGABYTES = 160;
    private static final int AGENT_HEAP_MEGABYTES = 96;
    /** Ten services with eight each leave half of PostgreSQL's 200 connections for migrations, relays and people. */
    private static final String POOL_SIZE = "8";
    /** Only the migrations use JDBC. */
    private static final String JDBC_POOL_SIZE = "2";

    private final Stack stack;
    private final Home home;
    private final Installation installation;
    private final Secrets secrets;

    Programs(Stack stack, Home home, Installation installation, Secrets secrets) {
        this.stack = stack;
        this.home = home;
        this.installation = installation;
        this.secrets = secrets;
    }

    /** A program and those that must serve before it can start. */
    record Member(Program program, Set<String> needs) {

        Member {
            needs = Set.copyOf(needs);
        }
    }

    List<Member> all() throws IOException {
        List<Member> members = new ArrayList<>();
        members.add(new Member(postgres(), Set.of()));
        for (Site site : stack.sites()) {
            members.add(new Member(kafka(site, Installation.brokerCache()), Set.of()));
        }
        members.add(new Member(keycloak(KeycloakServer.aotCache()), Set.of()));
        for (Site site : stack.sites()) {
            for (ServiceKind kind : ServiceKind.values()) {
                // Keycloak is not waited for: it takes longest, and a service asks it only when a request comes.
                members.add(new Member(service(site, kind), Set.of(Stack.POSTGRES, Stack.kafka(site))));
            }
            if (site.fleet().isSimulated()) {
                members.add(new Member(agent(site), Set.of(Stack.kafka(site))));
            }
        }
        return members;
    }

    PostgresServer postgres() throws IOException {
        List<Database> databases = new ArrayList<>();
        for (Site site : stack.sites()) {
            for (ServiceKind kind : ServiceKind.values()) {
                databases.add(new Database(Stack.database(site, kind), secrets.databasePassword(site, kind)));
            }
        }
        return new PostgresServer(
                        Stack.POSTGRES, home.data(Stack.POSTGRES), stack.postgresPort(), secrets.postgresPassword())
                .withDatabases(databases);
    }

    KafkaServer kafka(Site site, AotCache cache) throws IOException {
        String name = Stack.kafka(site);
        KafkaServer kafka = new KafkaServer(
                        name, home.data(name), stack.kafkaPort(site), stack.kafkaControllerPort(site), cache)
                .withPeersAt(stack.federationPort(site), stack.advertisedFederationPort(site))
                .withTopics(stack.topics(site));
        return site.fleet().isSimulated()
                ? kafka
                : kafka.withHostsAt(site.fleet().brokerAddress(), stack.hostsPort(site));
    }

    KeycloakServer keycloak(AotCache cache) throws IOException {
        return new KeycloakServer(
                home.data(Stack.KEYCLOAK),
                stack.keycloakPort(),
                installation.realm(),
                secrets.keycloakAdminPassword(),
                cache);
    }

    private QuarkusProgram service(Site site, ServiceKind kind) {
        return service(site, kind, QuarkusProgram.aotCache(installation.application(kind.module())));
    }

    QuarkusProgram service(Site site, ServiceKind kind, AotCache cache) {
        String database = Stack.database(site, kind);
        Map<String, String> environment = new HashMap<>(ofSite(site));
        environment.put("QUARKUS_DATASOURCE_JDBC_URL", stack.jdbcUrl(database));
        environment.put("QUARKUS_DATASOURCE_JDBC_MAX_SIZE", JDBC_POOL_SIZE);
        environment.put("QUARKUS_DATASOURCE_REACTIVE_URL", stack.databaseUrl(database));
        environment.put("QUARKUS_DATASOURCE_REACTIVE_MAX_SIZE", POOL_SIZE);
        environment.put("QUARKUS_DATASOURCE_USERNAME", database);
        environment.put("QUARKUS_DATASOURCE_PASSWORD", secrets.databasePassword(site, kind));
        environment.put("QUARKUS_OIDC_AUTH_SERVER_URL", stack.issuer());
        environment.put("QUARKUS_OIDC_TOKEN_AUDIENCE", "archipelago-api");
        if (kind == ServiceKind.RESERVATION) {
            for (Site peer : stack.peersOf(site)) {
                String prefix = "FEDERATION_PEERS__" + peer.id().toUpperCase(Locale.ROOT) + "__";
                environment.put(prefix + "NUMBER", Integer.toString(peer.number()));
                environment.put(prefix + "BOOTSTRAP_SERVERS", stack.federationServers(peer));
            }
        }
        String name = Stack.service(site, kind);
        return new QuarkusProgram(
                name,
                installation.application(kind.module()),
                stack.servicePort(site, kind),
                SERVICE_HEAP_MEGABYTES,
                home.data(name),
                environment,
                cache);
    }

    private QuarkusProgram agent(Site site) {
        return agent(site, QuarkusProgram.aotCache(installation.application("node-agent")));
    }

    QuarkusProgram agent(Site site, AotCache cache) {
        String name = Stack.agent(site);
        Path state = home.data(name).resolve("state");
        Map<String, String> environment = new HashMap<>(ofSite(site));
        environment.put("AGENT_SIM_COMPUTE_HOSTS", Integer.toString(site.fleet().compute()));
        environment.put("AGENT_SIM_GATEWAY_HOSTS", Integer.toString(site.fleet().gateways()));
        environment.put("AGENT_SIM_STORAGE_HOSTS", Integer.toString(site.fleet().storage()));
        environment.put("AGENT_STATE_DIRECTORY", state.toString());
        return new QuarkusProgram(
                name,
                installation.application("node-agent"),
                stack.agentPort(site),
                AGENT_HEAP_MEGABYTES,
                home.data(name),
                environment,
                cache);
    }

    private Map<String, String> ofSite(Site site) {
        return Map.of(
                "SITE_ID", site.id(),
                "SITE_NUMBER", Integer.toString(site.number()),
                "KAFKA_BOOTSTRAP_SERVERS", stack.bootstrapServers(site));
    }
}

package io.archipelago.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.local.PostgresServer.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerIT {

    private static final Database PLACEMENT = new Database("tokyo_placement", "secret of placement");
    private static final Database NETWORK = new Database("tokyo_network", "secret of network");

    @TempDir
    Path directory;

    private PostgresServer server;

    @BeforeEach
    void start() throws Exception {
        server = new PostgresServer(directory, 0, "secret of the superuser");
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    @Test
    void keepsWhatWasCommittedWhenItIsKilledAndStartedAgain() throws Exception {
        // Given
        server.createDatabase(PLACEMENT);
        execute(PLACEMENT, "create table host (id text primary key)");
        execute(PLACEMENT, "insert into host values ('tokyo-c01')");

        // When
        server.kill();
        server.start();

        // Then
        assertThat(query(PLACEMENT, "select id from host")).isEqualTo("tokyo-c01");
    }

    @Test
    void writesToTheDiskBeforeItAnswers() throws Exception {
        server.createDatabase(PLACEMENT);

        assertThat(query(PLACEMENT, "show fsync")).isEqualTo("on");
        assertThat(query(PLACEMENT, "show synchronous_commit")).isEqualTo("on");
    }

    @Test
    void createsADatabaseThatIsThereAlreadyWithoutTouchingItsData() throws Exception {
        // Given
        server.createDatabase(PLACEMENT);
        execute(PLACEMENT, "create table host (id text)");

        // When
        server.createDatabase(PLACEMENT);

        // Then
        assertThat(query(PLACEMENT, "select count(*) from host")).isEqualTo("0");
    }

    @Test
    void takesOverlappingRangesIntoAnExclusionConstraint() throws Exception {
        server.createDatabase(PLACEMENT);
        execute(
                PLACEMENT,
                "create table segment (vlan int, booked tstzrange, exclude using gist (vlan with =, booked with &&))");
        execute(PLACEMENT, "insert into segment values (100, '[2026-12-01, 2026-12-05)')");

        assertThatThrownBy(() -> execute(PLACEMENT, "insert into segment values (100, '[2026-12-04, 2026-12-06)')"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("exclusion constraint");
    }

    @Test
    void opensADatabaseToItsOwnRoleOnly() throws Exception {
        server.createDatabase(PLACEMENT);
        server.createDatabase(NETWORK);

        assertThatThrownBy(() -> connect(PLACEMENT.name(), NETWORK.name(), NETWORK.password()))
                .isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> connect(PLACEMENT.name(), PLACEMENT.name(), "guessed"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("password");
    }

    @Test
    void showsNoPasswordOnACommandLineOrInTheLog() throws Exception {
        server.createDatabase(PLACEMENT);

        String commandLine = Files.readString(Path.of("/proc", Long.toString(server.pid()), "cmdline"));
        String log = Files.readString(directory.resolve("postgres.log"));
        assertThat(commandLine + log).doesNotContain("secret of");
    }

    @Test
    void refusesASecondServerOnTheSameDirectory() throws Exception {
        PostgresServer second = new PostgresServer(directory, 0, "secret of the superuser");

        assertThatThrownBy(second::start).isInstanceOf(IOException.class).hasMessageContaining("postmaster.pid");
        assertThat(server.isReady()).isTrue();
    }

    @Test
    void namesThePortThatIsInUse() throws Exception {
        PostgresServer second = new PostgresServer(directory.resolve("second"), server.port(), "secret");

        assertThatThrownBy(second::start).hasMessageContaining("port " + server.port() + ", which postgres needs");
    }

    @Test
    void startsThoughItsLockFileNamesAProcessThatIsNoPostgres() throws Exception {
        // Given
        server.kill();
        long somebodyElse = ProcessHandle.current().pid();
        Path lock = directory.resolve("data/postmaster.pid");
        Files.writeString(lock, Files.readString(lock).replaceFirst("^\\d+", Long.toString(somebodyElse)));

        // When
        server.start();

        // Then
        assertThat(server.isReady()).isTrue();
    }

    private void execute(Database database, String sql) throws SQLException {
        try (Connection connection = connect(database.name(), database.name(), database.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String query(Database database, String sql) throws SQLException {
        try (Connection connection = connect(database.name(), database.name(), database.password());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private Connection connect(String database, String role, String password) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl(database), role, password);
    }
}

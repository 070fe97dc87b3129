package io.archipelago.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A durable PostgreSQL server of its own, in a directory of its own, on the loopback address.
 *
 * <p>Usable from a test ({@link #start()}, {@link #stop()}, {@link #kill()}) and by the supervisor. Started again on the
 * same directory it has the data of before; the superuser's password must be the one of the first start.
 */
public final class PostgresServer implements Program, AutoCloseable {

    /** Made on the first start, with the password that was given. */
    public static final String SUPERUSER = "postgres";

    private static final int CONNECT_SECONDS = 5;

    private final String name;
    private final Path directory;
    private final int port;
    private final String password;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<Database> databases = new CopyOnWriteArrayList<>();
    private final ServerProcess process;

    /** A database that belongs to a role of the same name and holds the extensions that exclusion constraints need. */
    public record Database(String name, String password) {

        public Database {
            if (!name.matches("[a-z][a-z0-9_]{0,62}")) {
                throw new IllegalArgumentException("not a database name: " + name);
            }
        }

        @Override
        public String toString() {
            return "Database[" + name + "]";
        }
    }

    /**
     * @param directory its home, created when it is not there
     * @param port where it listens; 0: any free one
     * @param password of {@link #SUPERUSER}
     */
    public PostgresServer(Path directory, int port, String password) throws IOException {
        this("postgres", directory, port, password);
    }

    PostgresServer(String name, Path directory, int port, String password) throws IOException {
        this.name = name;
        this.directory = directory.toAbsolutePath();
        this.port = port == 0 ? Ports.free(1).getFirst() : port;
        this.password = password;
        this.process = new ServerProcess(this, this.directory);
        settings.put("listen_addresses", Ports.HOST);
        // A socket file's path has a length limit that a deep home directory would break; nobody needs one.
        settings.put("unix_socket_directories", "");
        settings.put("max_connections", "200");
        settings.put("shared_buffers", "64MB");
        settings.put("max_wal_size", "256MB");
        settings.put("jit", "off");
    }

    /** A setting of postgresql.conf, for the next start. Tests that need no durability may set {@code fsync} to off. */
    public PostgresServer with(String setting, String value) {
        settings.put(setting, value);
        return this;
    }

    public void start() throws IOException, InterruptedException {
        process.start();
    }

    public void stop() throws IOException, InterruptedException {
        process.stop();
    }

    /** Ends the server and its backends with SIGKILL. */
    public void kill() throws IOException, InterruptedException {
        process.kill();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        stop();
    }

    public long pid() {
        return process.pid();
    }

    public String jdbcUrl(String database) {
        return "jdbc:postgresql://" + Ports.HOST + ":" + port + "/" + database;
    }

    public String reactiveUrl(String database) {
        return "postgresql://" + Ports.HOST + ":" + port + "/" + database;
    }

    /** Sees to the database and its role, now and after every further start; what exists stays, with its data. */
    public void createDatabase(Database database) throws SQLException {
        create(List.of(database));
        databases.removeIf(known -> known.name().equals(database.name()));
        databases.add(database);
    }

    /** Names databases that {@link #furnish()} creates after each start. */
    PostgresServer withDatabases(Collection<Database> wanted) {
        databases.addAll(wanted);
        return this;
    }

    /** A connection of the superuser. */
    public Connection connect(String database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", SUPERUSER);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
        properties.setProperty("loginTimeout", Integer.toString(CONNECT_SECONDS));
        return DriverManager.getConnection(jdbcUrl(database), properties);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Integer> ports() {
        return List.of(port);
    }

    @Override
    public void prepare() throws IOException {
        Files.createDirectories(directory);
        Path data = data();
        if (Files.exists(data)) {
            dropLockOfTheDead();
            return;
        }
        try {
            initialise(data);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while it made the data directory", e);
        }
    }

    /** Into a draft that is renamed at the end: a first start that was cut off leaves nothing that looks finished. */
    private void initialise(Path data) throws IOException, InterruptedException {
        ServiceUser user = ServiceUser.forData(data);
        Path draft = directory.resolve("data.new");
        Path passwordFile = directory.resolve("password.new");
        Path log = directory.resolve("initdb.log");
        Archives.delete(draft);
        Files.createDirectory(
                draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        user.own(draft);
        Files.deleteIfExists(passwordFile);
        Files.createFile(
                passwordFile, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(passwordFile, password);
            user.own(passwordFile);
            List<String> initdb = List.of(
                    binary("initdb").toString(),
                    "--pgdata=" + draft,
                    "--username=" + SUPERUSER,
                    "--pwfile=" + passwordFile,
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8");
            Process process = new ProcessBuilder(user.command(initdb, draft, binary("initdb")))
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (Child.toTheEnd(process) != 0) {
                throw new IOException("initdb failed:\n" + Files.readString(log));
            }
        } finally {
            Files.deleteIfExists(passwordFile);
        }
        Files.move(draft, data);
    }

    /**
     * After a power failure the server's lock file names a pid that may belong to somebody else now, and PostgreSQL would
     * wait for that process to end. It is removed only when that process is certainly no PostgreSQL.
     */
    private void dropLockOfTheDead() throws IOException {
        Optional<Long> holder = lockHolder(directory);
        if (holder.isPresent()) {
            Path program = Path.of("/proc", holder.get().toString(), "exe");
            if (Files.exists(program) && !isPostgres(program)) {
                Files.delete(lockFile(directory));
            }
        }
    }

    /** The server whose home that directory is, whoever started it. */
    static Optional<ProcessIdentity> runningIn(Path directory) throws IOException {
        Optional<Long> holder = lockHolder(directory);
        if (holder.isEmpty()) {
            return Optional.empty();
        }
        Path process = Path.of("/proc", holder.get().toString());
        try {
            boolean ours = isPostgres(process.resolve("exe"))
                    && Files.readSymbolicLink(process.resolve("cwd"))
                            .equals(dataIn(directory).toRealPath());
            return ours ? ProcessIdentity.of(holder.get()) : Optional.empty();
        } catch (IOException goneOrNotOurs) {
            return Optional.empty();
        }
    }

    private static Optional<Long> lockHolder(Path directory) throws IOException {
        try {
            return Optional.of(Long.parseLong(
                    Files.readAllLines(lockFile(directory)).getFirst().strip()));
        } catch (NoSuchFileException | NoSuchElementException | NumberFormatException nobody) {
            return Optional.empty();
        }
    }

    private static Path lockFile(Path directory) {
        return dataIn(directory).resolve("postmaster.pid");
    }

    private static boolean isPostgres(Path program) throws IOException {
        // Not the last name alone: the kernel adds "(deleted)" when the file was replaced under a running server.
        return Files.readSymbolicLink(program).toString().contains("/bin/postgres");
    }

    @Override
    public Launch launch() {
        List<String> command = new ArrayList<>();
        try {
            command.addAll(
                    List.of(binary("postgres").toString(), "-D", data().toString(), "-p", Integer.toString(port)));
            settings.forEach((setting, value) -> command.addAll(List.of("-c", setting + "=" + value)));
            List<String> asUser = ServiceUser.forData(data()).command(command, data(), binary("postgres"));
            return new Launch(asUser, Map.of("TZ", "UTC"), directory, Launch.StopSignal.INT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public boolean isReady() {
        if (!Ports.answers(port)) {
            return false;
        }
        try (Connection connection = connect("postgres")) {
            return connection.isValid(CONNECT_SECONDS);
        } catch (SQLException notYet) {
            return false;
        }
    }

    @Override
    public void furnish() throws IOException {
        try {
            create(databases);
        } catch (SQLException e) {
            throw new IOException("databases could not be created: " + e.getMessage(), e);
        }
    }

    private void create(List<Database> wanted) throws SQLException {
        for (Database database : wanted) {
            try (Connection connection = connect("postgres");
                    Statement statement = connection.createStatement()) {
                String role = quoted(database.name());
                if (!exists(connection, "select 1 from pg_roles where rolname = ?", database.name())) {
                    statement.execute("create role " + role + " login");
                }
                // A statement that fails is logged, and this one holds a password.
                statement.execute("set log_min_error_statement = panic");
                statement.execute("alter role " + role + " password '"
                        + database.password().replace("'", "''") + "'");
                if (!exists(connection, "select 1 from pg_database where datname = ?", database.name())) {
                    statement.execute("create database " + role + " owner " + role);
                    statement.execute("revoke connect on database " + role + " from public");
                }
            }
            try (Connection connection = connect(database.name());
                    Statement statement = connection.createStatement()) {
                statement.execute("create extension if not exists btree_gist");
            }
        }
    }

    private static boolean exists(Connection connection, String query, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, name);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    private static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    private Path data() {
        return dataIn(directory);
    }

    private static Path dataIn(Path directory) {
        return directory.resolve("data");
    }

    private static Path binary(String program) throws IOException, InterruptedException {
        return PostgresBinaries.directory().resolve("bin").resolve(program);
    }
}

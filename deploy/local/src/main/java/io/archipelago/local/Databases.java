package io.archipelago.local;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.OptionalLong;
import java.util.Properties;

/** Looks into the services' databases, each as its own role. */
final class Databases {

    private static final String TIMEOUT_SECONDS = "2";

    private final Stack stack;
    private final Secrets secrets;

    Databases(Stack stack, Secrets secrets) {
        this.stack = stack;
        this.secrets = secrets;
    }

    /** The number that a query finds; empty when it finds none, the database does not answer or has no such table yet. */
    OptionalLong count(Site site, ServiceKind kind, String query) {
        String database = Stack.database(site, kind);
        Properties properties = new Properties();
        properties.setProperty("user", database);
        properties.setProperty("password", secrets.databasePassword(site, kind));
        properties.setProperty("connectTimeout", TIMEOUT_SECONDS);
        properties.setProperty("socketTimeout", TIMEOUT_SECONDS);
        try (Connection connection = DriverManager.getConnection(stack.jdbcUrl(database), properties);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty();
        } catch (SQLException unknown) {
            return OptionalLong.empty();
        }
    }
}

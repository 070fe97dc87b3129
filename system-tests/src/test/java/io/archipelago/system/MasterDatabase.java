package io.archipelago.system;

import static org.awaitility.Awaitility.await;

import io.archipelago.local.RunningStack;
import io.archipelago.local.ServiceKind;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.UUID;

/** What a master has written of its reservations. Some states last less long than its service takes to answer. */
final class MasterDatabase implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofMillis(1);

    private final Connection connection;
    private final PreparedStatement state;

    MasterDatabase(RunningStack stack, String master) throws SQLException, IOException {
        connection = stack.connect(master, ServiceKind.RESERVATION);
        state = connection.prepareStatement("select state from reservation where id = ?");
    }

    /** Waits until a reservation is in one of some states, and says at once in which. */
    String awaitState(String id, Collection<String> states) throws SQLException {
        state.setObject(1, UUID.fromString(id));
        return await().atMost(Federation.SOON)
                .pollDelay(Duration.ZERO)
                .pollInterval(PAUSE)
                .until(this::read, states::contains);
    }

    private String read() throws SQLException {
        try (ResultSet found = state.executeQuery()) {
            return found.next() ? found.getString(1) : "";
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}

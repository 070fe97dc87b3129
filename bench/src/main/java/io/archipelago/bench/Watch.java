package io.archipelago.bench;

import io.archipelago.local.RunningStack;
import io.archipelago.local.ServiceKind;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sees when reservations reach a state. It looks at the rows of the master's database, one index look-up for all of them every 5 ms: a
 * tenant's polling over REST would be a load of its own.
 */
final class Watch implements AutoCloseable {

    private static final long LOOK_EVERY_MS = 5;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Set<String> FINAL = Set.of("ENDED", "CANCELLED", "REFUSED");

    private final Connection connection;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final Map<UUID, Waiting> waiting = new ConcurrentHashMap<>();

    private record Waiting(Set<String> states, CompletableFuture<Instant> reached) {}

    Watch(RunningStack stack) throws SQLException, IOException {
        connection = stack.connect("tokyo", ServiceKind.RESERVATION);
        var ignored = clock.scheduleWithFixedDelay(this::look, 0, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
    }

    /**
     * Waits until a reservation is in one of some states, and says when it was seen there.
     *
     * @throws IllegalStateException if it reaches another state that is final, or takes three minutes
     */
    Instant await(UUID id, String... states) throws InterruptedException {
        Waiting one = new Waiting(Set.of(states), new CompletableFuture<>());
        waiting.put(id, one);
        try {
            return one.reached().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("reservation " + id + " did not become " + String.join(" or ", states), e);
        } finally {
            waiting.remove(id);
        }
    }

    private void look() {
        UUID[] ids = waiting.keySet().toArray(UUID[]::new);
        if (ids.length == 0) {
            return;
        }
        try (PreparedStatement query =
                connection.prepareStatement("select id, state from reservation where id = any(?)")) {
            query.setArray(1, connection.createArrayOf("uuid", ids));
            try (ResultSet rows = query.executeQuery()) {
                Instant now = Instant.now();
                while (rows.next()) {
                    seen(rows.getObject(1, UUID.class), rows.getString(2), now);
                }
            }
        } catch (SQLException e) {
            waiting.values().forEach(one -> one.reached().completeExceptionally(e));
        }
    }

    private void seen(UUID id, String state, Instant now) {
        Waiting one = waiting.get(id);
        if (one == null) {
            return;
        }
        if (one.states().contains(state)) {
            one.reached().complete(now);
        } else if (FINAL.contains(state)) {
            one.reached().completeExceptionally(new IllegalStateException("it is " + state));
        }
    }

    @Override
    public void close() throws SQLException {
        clock.shutdownNow();
        connection.close();
    }
}

package io.archipelago.bus;

import io.vertx.core.VertxException;
import io.vertx.core.impl.NoStackTraceThrowable;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import jakarta.persistence.OptimisticLockException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.apache.kafka.common.errors.RetriableException;
import org.hibernate.StaleStateException;
import org.jspecify.annotations.Nullable;

/** Tells what went wrong by whether, and how, trying again may help. */
final class Faults {

    // Deadlock, serialization failure, lock timeout, exclusion constraint, unique constraint: a race, which the next
    // try sees settled.
    private static final Set<String> CONTENTION = Set.of("40P01", "40001", "55P03", "23P01", "23505");
    // By class of SQLSTATE: cardinality, data, integrity, syntax or access rule, check option, raised by us, not
    // supported.
    private static final Set<String> OURS = Set.of("21", "22", "23", "42", "44", "P0", "0A");
    private static final int CLASS_LENGTH = 2;

    private Faults() {}

    /** A race with another transaction: worth a few more tries at once, and later some more. */
    static boolean isContention(Throwable failure) {
        return anyCause(failure, Faults::lostRace);
    }

    /**
     * The database, the broker or the way to them is at fault, not the message: worth trying without end. Anything that the database
     * says and that is not clearly about the statement counts as such.
     */
    static boolean isInfrastructure(Throwable failure) {
        return anyCause(failure, Faults::broken);
    }

    private static boolean lostRace(Throwable cause) {
        return cause instanceof OptimisticLockException
                || cause instanceof StaleStateException
                || sqlState(cause).filter(CONTENTION::contains).isPresent();
    }

    private static boolean broken(Throwable cause) {
        Optional<String> state = sqlState(cause);
        if (state.isPresent()) {
            return !OURS.contains(
                    state.get().substring(0, Math.min(CLASS_LENGTH, state.get().length())));
        }
        return cause instanceof IOException
                || cause instanceof TimeoutException
                || cause instanceof ClosedConnectionException
                || cause instanceof VertxException
                || cause instanceof NoStackTraceThrowable
                || cause instanceof RetriableException
                || cause instanceof VirtualMachineError
                || cause instanceof IllegalStateException
                        && String.valueOf(cause.getMessage()).startsWith("Pool closed");
    }

    private static Optional<String> sqlState(Throwable cause) {
        // Hibernate puts one of its own kind in the place of the driver's.
        return switch (cause) {
            case PgException e -> Optional.ofNullable(e.getSqlState());
            case SQLException e -> Optional.ofNullable(e.getSQLState());
            default -> Optional.empty();
        };
    }

    private static boolean anyCause(Throwable failure, Predicate<Throwable> test) {
        int depth = 0;
        for (@Nullable Throwable cause = failure; cause != null && depth < 20; cause = cause.getCause()) {
            if (test.test(cause)) {
                return true;
            }
            depth++;
        }
        return false;
    }
}

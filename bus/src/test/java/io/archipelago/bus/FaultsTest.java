package io.archipelago.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.sqlclient.ClosedConnectionException;
import java.io.IOException;
import java.net.ConnectException;
import java.sql.SQLException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.hibernate.StaleStateException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultsTest {

    @ParameterizedTest
    @ValueSource(strings = {"40P01", "40001", "55P03", "23P01", "23505"})
    void triesAgainAfterALostRace(String state) {
        assertThat(Faults.isContention(wrapped(state))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"23502", "23503", "22P02", "57P01", "08006"})
    void seesNoRaceInOtherFaults(String state) {
        assertThat(Faults.isContention(wrapped(state))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "08006", "57P01", "57P03", "57014", "53300", "53100", "58030", "XX000", "25006", "28P01", "3D000",
                "40P01", "55P03"
            })
    void waitsOutWhatIsNotAboutTheStatement(String state) {
        assertThat(Faults.isInfrastructure(wrapped(state))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"22021", "23502", "23503", "23505", "23P01", "42601", "42P01", "P0001"})
    void blamesTheMessageForWhatTheStatementMeets(String state) {
        assertThat(Faults.isInfrastructure(wrapped(state))).isFalse();
    }

    static Stream<Throwable> broken() {
        return Stream.of(
                new IOException("reset"),
                new ConnectException("refused"),
                new TimeoutException(),
                ClosedConnectionException.INSTANCE,
                new OutOfMemoryError(),
                new org.apache.kafka.common.errors.TimeoutException("later"),
                new IllegalStateException("Pool closed"),
                new CompletionException(new RuntimeException(new IOException("deep"))));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void waitsOutABrokenLine(Throwable failure) {
        assertThat(Faults.isInfrastructure(failure)).isTrue();
    }

    @Test
    void blamesTheMessageForAMistakeOfOurs() {
        assertThat(Faults.isInfrastructure(new IllegalStateException("no such booking")))
                .isFalse();
        assertThat(Faults.isInfrastructure(new NullPointerException())).isFalse();
        assertThat(Faults.isContention(new IllegalArgumentException())).isFalse();
    }

    @Test
    void triesAgainWithAFresherVersion() {
        assertThat(Faults.isContention(new StaleStateException("moved on"))).isTrue();
    }

    @Test
    void endsOnACircleOfCauses() {
        RuntimeException one = new RuntimeException("one");
        one.initCause(new RuntimeException("two", one));

        assertThat(Faults.isInfrastructure(one)).isFalse();
    }

    private static Throwable wrapped(String state) {
        return new org.hibernate.HibernateException("wrapped", new SQLException("said so", state));
    }
}

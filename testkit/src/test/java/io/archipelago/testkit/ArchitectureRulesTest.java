package io.archipelago.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

class ArchitectureRulesTest {

    private final JavaClasses bad = new ClassFileImporter().importPackages("io.archipelago.testkit.bad");

    @Test
    void findsAContractThatIsTiedToMore() {
        assertBroken(ArchitectureRules.contractsArePlain(), "JsonProperty");
        assertBroken(ArchitectureRules.contractsArePlain(), "java.sql.Timestamp");
    }

    @Test
    void findsADomainThatDependsOnMore() {
        assertBroken(ArchitectureRules.domainIsPure(), "Caller");
    }

    @Test
    void findsADomainThatReadsTheClock() {
        assertBroken(ArchitectureRules.domainKnowsNoClock(), "Instant.now()");
    }

    @Test
    void findsAServiceThatAsksAnotherByRest() {
        assertBroken(ArchitectureRules.servicesTalkThroughKafkaOnly(), "java.net.http.HttpClient");
    }

    @Test
    void findsAConsumerOutsideOfMessaging() {
        assertBroken(ArchitectureRules.consumersAreInMessaging(), "Caller.onMessage");
    }

    @Test
    void findsATransactionThatBeginsElsewhere() {
        assertBroken(ArchitectureRules.onlyTheBusBeginsTransactions(), "jakarta.transaction.Transactional");
    }

    @Test
    void findsAMessageThatPassesTheOutbox() {
        assertBroken(ArchitectureRules.onlyTheBusPublishes(), "KafkaProducer");
    }

    @Test
    void findsANativeQueryWithAClass() {
        assertBroken(ArchitectureRules.nativeQueriesHaveNoClass(), "createNativeQuery");
    }

    @Test
    void findsACycle() {
        assertBroken(ArchitectureRules.packagesHaveNoCycles(), "Cycle detected");
    }

    @Test
    void refusesAPackageThatDoesNotExist() {
        assertThatThrownBy(() -> ArchitectureRules.check("io.archipelago.nowhere"))
                .isInstanceOf(AssertionError.class);
    }

    /** Of every rule the test above says what it finds: one that can not be broken would guard nothing. */
    @Test
    void everyRuleCanBeBroken() {
        assertThat(ArchitectureRules.all()).allMatch(rule -> rule.evaluate(bad).hasViolation());
    }

    private void assertBroken(ArchRule rule, String named) {
        assertThatThrownBy(() -> rule.check(bad))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(named);
    }
}

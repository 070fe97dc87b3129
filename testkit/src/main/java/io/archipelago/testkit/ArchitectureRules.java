package io.archipelago.testkit;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.Set;

/** The rules that keep modules simple, checked by a one-line test in each. */
public final class ArchitectureRules {

    private static final String[] PURE = {
        "io.archipelago..domain..", "io.archipelago.bus.protocol..", "io.archipelago.bus.booking.."
    };
    private static final String[] PURE_MAY_USE = {
        "java..",
        "org.jspecify..",
        "io.archipelago.contracts..",
        "io.archipelago..domain..",
        "io.archipelago.bus.protocol..",
        "io.archipelago.bus.booking.."
    };
    private static final String CONTRACTS = "io.archipelago..contracts..";
    private static final String[] DATABASES_AND_NETWORKS = {"java.sql..", "javax.sql..", "java.net.http.."};
    private static final String INCOMING = "org.eclipse.microprofile.reactive.messaging.Incoming";
    private static final String OUTGOING = "org.eclipse.microprofile.reactive.messaging.Outgoing";
    private static final Set<String> CLOCKS_AND_DICE = Set.of(
            "java.time.Instant.now",
            "java.time.Clock.systemUTC",
            "java.time.Clock.systemDefaultZone",
            "java.time.ZonedDateTime.now",
            "java.time.OffsetDateTime.now",
            "java.time.LocalDateTime.now",
            "java.time.LocalDate.now",
            "java.lang.System.currentTimeMillis",
            "java.lang.System.nanoTime",
            "java.lang.Math.random",
            "java.util.UUID.randomUUID",
            "java.util.concurrent.ThreadLocalRandom.current");

    private static final int ROOT_DOTS = 2;

    private ArchitectureRules() {}

    /**
     * Checks the production classes of a module.
     *
     * @param root its root package, e.g. {@code io.archipelago.placement}
     * @throws AssertionError that names each violation
     */
    public static void check(String root) {
        JavaClasses module = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(root);
        if (module.isEmpty()) {
            throw new AssertionError("no classes in " + root);
        }
        all().forEach(rule -> rule.check(module));
    }

    static List<ArchRule> all() {
        return List.of(
                        contractsArePlain(),
                        domainIsPure(),
                        domainKnowsNoClock(),
                        servicesTalkThroughKafkaOnly(),
                        consumersAreInMessaging(),
                        onlyTheBusPublishes(),
                        onlyTheBusBeginsTransactions(),
                        nativeQueriesHaveNoClass(),
                        packagesHaveNoCycles())
                .stream()
                .map(rule -> rule.allowEmptyShould(true))
                .toList();
    }

    static ArchRule contractsArePlain() {
        return classes()
                .that()
                .resideInAnyPackage(CONTRACTS)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("java..", "org.jspecify..", CONTRACTS)
                        .and(not(resideInAnyPackage(DATABASES_AND_NETWORKS))))
                .because(
                        "what services tell each other ties nobody to a framework, to a way of writing it or to a database");
    }

    static ArchRule domainIsPure() {
        return classes()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(PURE_MAY_USE).and(not(resideInAnyPackage(DATABASES_AND_NETWORKS))))
                .because("the domain is plain Java, run by the services and by the simulation alike");
    }

    static ArchRule domainKnowsNoClock() {
        return noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .callCodeUnitWhere(readsClockOrDice())
                .because("time and chance are arguments");
    }

    private static DescribedPredicate<JavaCall<?>> readsClockOrDice() {
        return DescribedPredicate.describe(
                "reads a clock or rolls dice",
                call -> CLOCKS_AND_DICE.contains(call.getTargetOwner().getFullName() + "."
                                + call.getTarget().getName())
                        && call.getTarget().getRawParameterTypes().isEmpty());
    }

    /** The command line, local mode and the benchmark are no services: they ask as a person would. */
    static ArchRule servicesTalkThroughKafkaOnly() {
        return noClasses()
                .that()
                .resideOutsideOfPackages("io.archipelago.cli..", "io.archipelago.local..", "io.archipelago.bench..")
                .should()
                .dependOnClassesThat(nameMatching("java\\.net\\.http\\..*"
                        + "|java\\.net\\.(Http)?URLConnection"
                        + "|jakarta\\.ws\\.rs\\.client\\..*"
                        + "|org\\.eclipse\\.microprofile\\.rest\\.client\\..*"
                        + "|io\\.quarkus\\.rest\\.client\\..*"
                        + "|io\\.vertx\\..*\\.(Web|Http)Client.*"
                        + "|org\\.apache\\.http\\..*"))
                .because("a service that asks another by REST is down when the other is");
    }

    static ArchRule consumersAreInMessaging() {
        return methods()
                .that()
                .areAnnotatedWith(INCOMING)
                .or()
                .areAnnotatedWith(OUTGOING)
                .should()
                .beDeclaredInClassesThat()
                .resideInAnyPackage("..messaging..", "io.archipelago.bus..")
                .because("what a service reads stands in one place");
    }

    static ArchRule onlyTheBusPublishes() {
        return noClasses()
                // An agent has no database, and its observations need no outbox; what the benchmark compares with is a
                // bare producer.
                .that()
                .resideOutsideOfPackages("io.archipelago.bus..", "io.archipelago.agent..", "io.archipelago.bench..")
                .should()
                .dependOnClassesThat(nameMatching("org\\.eclipse\\.microprofile\\.reactive\\.messaging\\.Emitter"
                        + "|io\\.smallrye\\.reactive\\.messaging\\.MutinyEmitter"
                        + "|org\\.apache\\.kafka\\.clients\\.producer\\..*"))
                .because("a message goes out if and only if its transaction committed");
    }

    static ArchRule onlyTheBusBeginsTransactions() {
        return noClasses()
                .that()
                .resideOutsideOfPackage("io.archipelago.bus..")
                .should()
                .dependOnClassesThat(nameMatching("org\\.hibernate\\.reactive\\.mutiny\\.Mutiny\\$SessionFactory"
                        + "|io\\.quarkus\\.hibernate\\.reactive\\.panache\\..*"
                        + "|jakarta\\.transaction\\..*"))
                .because("transactions begin in UnitOfWork");
    }

    static ArchRule nativeQueriesHaveNoClass() {
        return noClasses()
                .should()
                .callCodeUnitWhere(DescribedPredicate.describe(
                        "names the class of a native query's results",
                        (JavaCall<?> call) -> call.getTarget().getName().equals("createNativeQuery")
                                && call.getTarget().getRawParameterTypes().size() > 1))
                .because("Hibernate would never find its plan again, and fill its memory with copies of it");
    }

    /** A module's root package is left out: what all its packages share stands there, and what ties them together. */
    static ArchRule packagesHaveNoCycles() {
        return slices().assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass type) {
                        boolean root = type.getPackageName()
                                        .chars()
                                        .filter(c -> c == '.')
                                        .count()
                                == ROOT_DOTS;
                        return root ? SliceIdentifier.ignore() : SliceIdentifier.of(type.getPackageName());
                    }

                    @Override
                    public String getDescription() {
                        return "packages";
                    }
                })
                .should()
                .beFreeOfCycles();
    }
}

package io.archipelago.bus.protocol;

import static io.archipelago.bus.protocol.ProtocolFixture.NOON;
import static io.archipelago.bus.protocol.ProtocolFixture.confirmed;
import static io.archipelago.bus.protocol.ProtocolFixture.deploying;
import static io.archipelago.bus.protocol.ProtocolFixture.disk;
import static io.archipelago.bus.protocol.ProtocolFixture.gone;
import static io.archipelago.bus.protocol.ProtocolFixture.held;
import static io.archipelago.bus.protocol.ProtocolFixture.in;
import static io.archipelago.bus.protocol.ProtocolFixture.observed;
import static io.archipelago.bus.protocol.ProtocolFixture.refused;
import static io.archipelago.bus.protocol.ProtocolFixture.released;
import static io.archipelago.bus.protocol.ProtocolFixture.releasing;
import static io.archipelago.bus.protocol.ProtocolFixture.view;
import static io.archipelago.bus.protocol.ProtocolFixture.volume;
import static io.archipelago.bus.protocol.ProtocolFixture.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import io.archipelago.testkit.MarkdownTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever an agent says of a thing, in every state of its part and of the thing, as the table in docs/messages.md has it. */
class ResourceTableTest {

    private static final String HEADING = "### What a participant makes of what an agent sees";

    /** The generation of every thing in the table. */
    private static final long GENERATION = 3;

    /** That of an agent that was told nothing of the thing. */
    private static final long NONE = 0;

    private static final List<Phase> THERE = List.of(Phase.PENDING, Phase.READY, Phase.FAILED);

    private final ParticipantProtocol protocol = ProtocolFixture.protocol();

    @Test
    void isWhatTheDocumentSays() {
        List<String> columns = new ArrayList<>();
        for (Phase phase : Phase.values()) {
            columns.add(phase.name());
        }
        columns.addAll(List.of(
                "an older generation, there",
                "an older generation, ABSENT",
                "a newer generation",
                "none, there",
                "none, ABSENT"));
        Map<String, List<String>> rows = new LinkedHashMap<>();
        for (Thing thing : Thing.values()) {
            Map<List<String>, List<String>> alike = new LinkedHashMap<>();
            parts().forEach((name, part) -> {
                if (thing.mayBe(part)) {
                    alike.computeIfAbsent(row(thing, part), cells -> new ArrayList<>())
                            .add(name);
                }
            });
            alike.forEach((cells, names) -> rows.put(thing.words + ": " + String.join(", ", names), cells));
        }

        assertThat(MarkdownTable.document("messages.md"))
                .contains(HEADING)
                .contains(MarkdownTable.written("the thing: its part", columns, rows));
    }

    @Test
    void hasARowForEveryStateOfAPart() {
        List<Class<?>> inTable = parts().values().stream()
                .flatMap(Stream::ofNullable)
                .<Class<?>>map(Part::getClass)
                .toList();

        assertThat(inTable).containsAll(ProtocolFixture.states());
    }

    @Test
    void nothingThatIsNotNewerThanTheLastChangesAnything() {
        for (Thing thing : Thing.values()) {
            for (@Nullable Part part : parts().values()) {
                for (Phase phase : Phase.values()) {
                    for (long generation : List.of(NONE, GENERATION - 1, GENERATION, GENERATION + 1)) {
                        Resource resource = thing.resource();
                        ResourceObserved late = observed(resource, generation, phase, "");

                        assertThat(protocol.onObserved(late, viewOf(part, thing, resource.seen(late)), NOON))
                                .isEqualTo(PartDecision.NOTHING);
                    }
                }
            }
        }
    }

    private List<String> row(Thing thing, @Nullable Part part) {
        List<String> cells = new ArrayList<>();
        for (Phase phase : Phase.values()) {
            cells.add(cell(thing, part, GENERATION, List.of(phase)));
        }
        cells.add(cell(thing, part, GENERATION - 1, THERE));
        cells.add(cell(thing, part, GENERATION - 1, List.of(Phase.ABSENT)));
        cells.add(cell(thing, part, GENERATION + 1, List.of(Phase.values())));
        cells.add(cell(thing, part, NONE, THERE));
        cells.add(cell(thing, part, NONE, List.of(Phase.ABSENT)));
        return cells;
    }

    /** What becomes of it is the same in all the phases. */
    private String cell(Thing thing, @Nullable Part part, long generation, List<Phase> phases) {
        List<String> words = phases.stream()
                .map(phase -> words(thing, part, generation, phase))
                .distinct()
                .toList();
        assertThat(words)
                .as(thing + " " + part + " " + generation + " " + phases)
                .hasSize(1);
        return words.getFirst();
    }

    private String words(Thing thing, @Nullable Part part, long generation, Phase phase) {
        Resource resource = thing.resource();
        ResourceObserved said = observed(resource, generation, phase, phase == Phase.FAILED ? "it broke" : "");
        PartDecision decision = protocol.onObserved(said, viewOf(part, thing, resource), NOON);
        Resource stored = decision.resources().stream()
                .filter(r -> r.key().equals(resource.key()))
                .findFirst()
                .orElseThrow();
        assertThat(stored.counter()).isEqualTo(said.counter());
        boolean published = !decision.publish().isEmpty();
        if (published) {
            assertThat(decision.publish()).containsExactly(stored);
            assertThat(stored.generation()).isGreaterThan(Math.max(GENERATION, generation));
        } else {
            assertThat(stored.generation()).isEqualTo(GENERATION);
        }
        boolean counts = !published && !stored.equals(resource.seen(observed(resource, GENERATION - 1, phase, "")));
        String follows =
                Words.of(decision).replace("publishes", "publishes it as " + (stored.absent() ? "to go" : "wanted"));
        return counts ? follows.equals("nothing") ? "counts" : "counts, " + follows : follows;
    }

    /** A disk beside it, in such a state that what is seen of the volume decides. */
    private static PartView viewOf(@Nullable Part part, Thing thing, Resource resource) {
        Resource disk = switch (part) {
            case Part.Deploying deploying -> in(Phase.READY, disk(1));
            case Part.Releasing releasing -> thing == Thing.TO_GO ? gone(disk(1)) : disk(1).removed();
            case null, default -> gone(disk(1));
        };
        return view(part, resource, disk);
    }

    private static Map<String, @Nullable Part> parts() {
        Map<String, @Nullable Part> parts = new LinkedHashMap<>();
        parts.put("(unknown)", null);
        parts.put("Held", held());
        parts.put("Refused", refused());
        parts.put("Confirmed", confirmed());
        parts.put("Deploying(WAITING)", waiting());
        parts.put("Deploying", deploying(Progress.DEPLOYING));
        parts.put("Releasing", releasing());
        parts.put("Released", released());
        return parts;
    }

    /** What a part wants of a volume, and whether it has seen it gone. */
    private enum Thing {
        WANTED("wanted"),
        TO_GO("to go"),
        GONE("seen gone");

        private final String words;

        Thing(String words) {
            this.words = words;
        }

        /** Something is wanted only from deploying on, until it may go. */
        boolean mayBe(@Nullable Part part) {
            return this != WANTED || part instanceof Part.Releasing || part instanceof Part.Deploying d && !waits(d);
        }

        private static boolean waits(Part.Deploying part) {
            return part.progress() == Progress.WAITING;
        }

        /** Seen to fail, so that every phase is news. */
        Resource resource() {
            Resource first = volume(1);
            Resource second = first.changed(first.spec(), null);
            return switch (this) {
                case WANTED -> failed(second.changed(first.spec(), null));
                case TO_GO -> failed(second.removed());
                case GONE -> gone(second);
            };
        }

        private static Resource failed(Resource resource) {
            return resource.seen(observed(resource, GENERATION, Phase.FAILED, "no room"));
        }
    }

    @Test
    void everyThingHasTheSameGeneration() {
        for (Thing thing : Thing.values()) {
            assertThat(thing.resource().generation()).isEqualTo(GENERATION);
            assertThat(thing.resource().gone()).isEqualTo(thing == Thing.GONE);
        }
    }
}

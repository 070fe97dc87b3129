package io.archipelago.bus.protocol;

import static io.archipelago.bus.protocol.HostFixture.COUNTER;
import static io.archipelago.bus.protocol.HostFixture.alive;
import static io.archipelago.bus.protocol.HostFixture.barred;
import static io.archipelago.bus.protocol.HostFixture.barredAndSuspect;
import static io.archipelago.bus.protocol.HostFixture.dead;
import static io.archipelago.bus.protocol.HostFixture.declared;
import static io.archipelago.bus.protocol.HostFixture.fenced;
import static io.archipelago.bus.protocol.HostFixture.heartbeat;
import static io.archipelago.bus.protocol.HostFixture.lost;
import static io.archipelago.bus.protocol.HostFixture.name;
import static io.archipelago.bus.protocol.HostFixture.next;
import static io.archipelago.bus.protocol.HostFixture.suspect;
import static io.archipelago.bus.protocol.HostFixture.words;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.protocol.HostRecord.Death;
import io.archipelago.bus.protocol.HostRecord.State;
import io.archipelago.contracts.host.HostDead.Cause;
import io.archipelago.testkit.MarkdownTable;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every message about a host in every state, as the table in docs/messages.md has it; every deadline, as docs/deadlines.md has it. */
class HostTableTest {

    private static final String HEADING = "### What a participant makes of its hosts";

    private static final List<String> COLUMNS = List.of(
            "`host.heartbeat`, clean",
            "`host.heartbeat`, not clean",
            "`host.heartbeat` of another machine",
            "`host.dead` FENCED",
            "`host.dead` OPERATOR",
            "an operator's word");

    private final HostProtocol protocol = HostFixture.protocol();

    @Test
    void isWhatTheDocumentSays() {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        rows.put("(unknown)", row(null));
        states().forEach(state -> rows.put(name(state), row(state)));

        assertThat(MarkdownTable.document("messages.md"))
                .contains(HEADING)
                .contains(MarkdownTable.written("in state", COLUMNS, rows));
    }

    /** Whatever is heard and however long it is silent, a host gets into no state that has no row. */
    @Test
    void hasARowForEveryStateThatAHostCanGetInto() {
        // Given
        Map<String, HostRecord> reached = new LinkedHashMap<>();
        Deque<HostRecord> open = new ArrayDeque<>();
        List<@Nullable HostRecord> next = after(null);

        // When
        while (!next.isEmpty() || !open.isEmpty()) {
            next.stream()
                    .flatMap(Stream::ofNullable)
                    .filter(state -> reached.putIfAbsent(kind(state), state) == null)
                    .forEach(open::add);
            next = open.isEmpty() ? List.of() : after(open.remove());
        }

        // Then
        assertThat(reached.values().stream().map(HostFixture::name).distinct())
                .containsExactlyInAnyOrderElementsOf(
                        states().stream().map(HostFixture::name).toList());
    }

    @Test
    void hasARowForEveryStateAndEveryDeath() {
        assertThat(states().stream().map(HostRecord::state)).contains(State.values());
        assertThat(states().stream()
                        .map(HostRecord::death)
                        .flatMap(Stream::ofNullable)
                        .map(Death::cause))
                .contains(Cause.values());
    }

    /** What decides what becomes of it, whenever that is. */
    private static String kind(HostRecord state) {
        Death death = state.death();
        return name(state) + " " + (death != null && death.ours()) + " " + (state.due() != null);
    }

    private static List<HostRecord> states() {
        return List.of(alive(), suspect(), lost(), fenced(), declared(), barred(), barredAndSuspect());
    }

    /** All that can become of a host by one thing that is said of it, or by its silence. */
    private List<@Nullable HostRecord> after(@Nullable HostRecord state) {
        long counter = state == null ? COUNTER : state.counter() + 1;
        Instant now = HostFixture.LOST_AT.plusSeconds(10);
        List<@Nullable HostRecord> next = new ArrayList<>();
        for (String machine : List.of("machine", "impostor")) {
            for (int leftovers : List.of(0, 3)) {
                for (boolean same : List.of(true, false)) {
                    next.add(protocol.onHeartbeat(state, heartbeat(machine, counter, leftovers), same, now)
                            .next());
                }
            }
        }
        for (Cause cause : Cause.values()) {
            next.add(protocol.onDead(state, dead(cause, counter)).next());
        }
        Instant due = state == null ? null : state.due();
        if (state != null && due != null) {
            for (Fence fence : Arrays.asList(null, new Fence(0, 0), new Fence(2, 1), new Fence(2, 2))) {
                next.add(protocol.onDue(state, true, fence, due).next());
                next.add(protocol.onDue(state, false, fence, due).next());
            }
        }
        if (state != null) {
            protocol.declareDead(state, "oscar", now).ifPresent(decision -> next.add(decision.next()));
        }
        return next;
    }

    @Test
    void doesAtItsDeadlinesWhatTheDocumentSays() {
        HostRecord cuttingOff = lost();
        Map<String, String> then = new LinkedHashMap<>();
        then.put("ALIVE", due(alive(), true, null));
        then.put("SUSPECT", due(suspect(), true, null));
        then.put("ALIVE, but we did not listen", due(alive(), false, null));
        then.put("SUSPECT, but we did not listen", due(suspect(), false, null));
        then.put("LOST, for storage, not yet cut off", due(cuttingOff, true, new Fence(2, 1)));
        then.put("LOST, for storage, seen cut off", due(cuttingOff, true, new Fence(2, 2)));
        then.put("LOST, for storage, but it has no disks", due(cuttingOff, true, new Fence(0, 0)));
        then.put("LOST, for storage, but we did not listen", due(cuttingOff, false, new Fence(2, 2)));
        then.put("LOST, for the others", due(cuttingOff, true, null));
        then.put("dead, for who said so", due(fenced(), true, null));

        MarkdownTable table = MarkdownTable.under("## A host", "deadlines.md");
        assertThat(table.rows().keySet()).containsExactlyElementsOf(then.keySet());
        then.forEach((state, words) -> assertThat(table.last(state)).as(state).isEqualTo(words));
    }

    private String due(HostRecord state, boolean listening, @Nullable Fence fence) {
        Instant due = state.due();
        return due == null ? "nothing" : words(protocol.onDue(state, listening, fence, due));
    }

    private List<String> row(@Nullable HostRecord state) {
        Instant now = HostFixture.LOST_AT.plusSeconds(10);
        List<String> cells = new ArrayList<>();
        cells.add(words(protocol.onHeartbeat(state, heartbeat("machine", COUNTER + 9, 0), true, now)));
        cells.add(words(protocol.onHeartbeat(state, heartbeat("machine", COUNTER + 9, 3), true, now)));
        cells.add(words(protocol.onHeartbeat(state, heartbeat("impostor", COUNTER + 9, 0), true, now)));
        cells.add(words(protocol.onDead(state, dead(Cause.FENCED, COUNTER + 1))));
        cells.add(words(protocol.onDead(state, dead(Cause.OPERATOR, COUNTER + 1))));
        cells.add(
                state == null
                        ? "not found"
                        : protocol.declareDead(state, "oscar", now)
                                .map(HostFixture::words)
                                .orElse("refused: it speaks"));
        return cells;
    }

    @Test
    void ignoresWhatIsOlderThanTheLastHeartbeat() {
        for (HostRecord state : states()) {
            assertThat(protocol.onHeartbeat(state, heartbeat("machine", state.counter(), 0), true, HostFixture.LOST_AT))
                    .isEqualTo(HostDecision.NOTHING);
            assertThat(protocol.onDead(state, dead(Cause.OPERATOR, COUNTER - 1)))
                    .isEqualTo(HostDecision.NOTHING);
        }
        assertThat(next(0).counter()).isGreaterThan(COUNTER);
    }
}

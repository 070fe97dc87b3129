package io.archipelago.bus.protocol;

import static io.archipelago.bus.protocol.HostFixture.COUNTER;
import static io.archipelago.bus.protocol.HostFixture.alive;
import static io.archipelago.bus.protocol.HostFixture.barred;
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

import io.archipelago.contracts.host.HostDead.Cause;
import io.archipelago.testkit.MarkdownTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        for (HostRecord state : List.of(alive(), suspect(), lost(), fenced(), declared(), barred())) {
            rows.put(name(state), row(state));
        }

        assertThat(MarkdownTable.document("messages.md"))
                .contains(HEADING)
                .contains(MarkdownTable.written("in state", COLUMNS, rows));
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
        for (HostRecord state : List.of(alive(), suspect(), lost(), fenced(), declared(), barred())) {
            assertThat(protocol.onHeartbeat(state, heartbeat("machine", state.counter(), 0), true, HostFixture.LOST_AT))
                    .isEqualTo(HostDecision.NOTHING);
            assertThat(protocol.onDead(state, dead(Cause.OPERATOR, COUNTER - 1)))
                    .isEqualTo(HostDecision.NOTHING);
        }
        assertThat(next(0).counter()).isGreaterThan(COUNTER);
    }
}
